using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Buffers;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Buffers;

public sealed class OutboxTests : IAsyncDisposable
{
    private readonly Outbox _outbox = new(1_000_000);
    private readonly OutboxLane _first = new(1_000);
    private readonly OutboxLane _second = new(1_000_000);
    private readonly List<string> _sent = [];
    private readonly SemaphoreSlim _sends = new(0);
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _room = new();
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _cancellation.CancelAsync();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
        _outbox.Dispose();
        Assert.Equal(0, _outbox.Data.Held);
        Assert.Equal(0, _outbox.Control.Held);
        _cancellation.Dispose();
        _sends.Dispose();
    }

    [Fact]
    public async Task Control_goes_first_and_lanes_take_turns()
    {
        Post(_first, 1, 3);
        Post(_second, 2, 2);
        _outbox.Post(new FinishedMessage(9));
        _outbox.PostPing();
        Run();
        _room.SetResult();
        await ExpectSentAsync("Finished", "Ping", "Data 1", "Data 2", "Data 1", "Data 2", "Data 1");
    }

    [Fact]
    public void Only_one_ping_waits_at_a_time()
    {
        _outbox.PostPing();
        _outbox.PostPing();
        Assert.Equal(1, _outbox.Control.Held);
    }

    [Fact]
    public async Task What_ends_a_stream_follows_its_data()
    {
        Post(_first, 1, 2);
        _outbox.Post(_first, new DestroyMessage(IsPaired: true, 1, "over"));
        Run();
        _room.SetResult();
        await ExpectSentAsync("Data 1", "Data 1", "Destroy");
    }

    [Fact]
    public async Task A_message_counts_until_the_transport_has_taken_it()
    {
        Post(_first, 1, 2, bytes: 1000);
        long cost = _outbox.Data.Held;
        Assert.InRange(cost, 2000, 3000);
        Run();
        await WaitUntilTakenAsync(1);
        Assert.Equal(cost, _outbox.Data.Held);
        Assert.Equal(cost, _first.Gate.Held);
        _room.SetResult();
        await _first.Gate.WhenOpenAsync(default);
    }

    [Fact]
    public async Task A_discarded_lane_sends_nothing_more_and_can_be_used_again()
    {
        Post(_first, 1, 3);
        Post(_second, 2, 1);
        _outbox.Discard(_first);
        Assert.Equal(0, _first.Gate.Held);
        Post(_first, 3, 1);
        Run();
        _room.SetResult();
        await WaitUntilTakenAsync(2);
        Assert.Equal(["Data 2", "Data 3"], _sent.Order());
    }

    [Fact]
    public async Task A_post_wakes_the_idle_loop()
    {
        _room.SetResult();
        Run();
        Post(_first, 1, 1);
        await ExpectSentAsync("Data 1");
    }

    [Fact]
    public async Task The_loop_ends_with_the_transports_failure()
    {
        Run();
        Post(_first, 1, 1);
        _room.SetException(new IOException("cut"));
        await Assert.ThrowsAsync<IOException>(() => _running);
        Assert.Equal(0, _first.Gate.Held);
    }

    private async Task ExpectSentAsync(params string[] messages)
    {
        await WaitUntilTakenAsync(messages.Length);
        Assert.Equal(messages, _sent);
    }

    /// <summary>The loop has taken so many messages.</summary>
    private async Task WaitUntilTakenAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(await _sends.WaitAsync(TimeSpan.FromSeconds(10)));
        }
    }

    private void Run() => _running = _outbox.RunAsync(SendAsync, _cancellation.Token);

    private async ValueTask SendAsync(RelayMessage message, CancellationToken cancellationToken)
    {
        _sent.Add(message is DataMessage data ? $"Data {data.Alias}" : message.Type.ToString());
        _sends.Release();
        await _room.Task;
    }

    private void Post(OutboxLane lane, uint alias, int times, int bytes = 10)
    {
        foreach (int _ in Enumerable.Range(0, times))
        {
            _outbox.Post(lane, new DataMessage(alias, PooledBuffer.Rent(bytes)));
        }
    }
}
