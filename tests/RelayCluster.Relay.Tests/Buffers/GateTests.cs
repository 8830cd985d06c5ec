using RelayCluster.Relay.Buffers;

namespace RelayCluster.Relay.Tests.Buffers;

public sealed class GateTests
{
    private readonly Gate _gate = new(10);

    [Fact]
    public void The_gate_is_open_below_its_mark()
    {
        _gate.Add(9);
        Assert.True(_gate.IsOpen);
        Assert.True(_gate.WhenOpenAsync(default).AsTask().IsCompletedSuccessfully);
        _gate.Add(1);
        Assert.False(_gate.IsOpen);
        _gate.Remove(1);
        Assert.True(_gate.IsOpen);
    }

    [Fact]
    public async Task A_waiter_goes_on_when_the_gate_opens()
    {
        _gate.Add(15);
        Task waiting = _gate.WhenOpenAsync(default).AsTask();
        _gate.Remove(5);
        Assert.False(waiting.IsCompleted);
        _gate.Remove(1);
        await waiting;
    }

    [Fact]
    public async Task Waiters_go_one_by_one_and_all_when_nothing_is_held()
    {
        _gate.Add(12);
        Task[] waiting = [.. Enumerable.Range(0, 4).Select(_ => _gate.WhenOpenAsync(default).AsTask())];
        _gate.Remove(4);
        await waiting[0];
        Assert.False(waiting[1].IsCompleted);
        _gate.Remove(4);
        await waiting[1];
        Assert.False(waiting[2].IsCompleted);
        _gate.Remove(4);
        await Task.WhenAll(waiting);
        Assert.Equal(0, _gate.Held);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        _gate.Add(10);
        using var cancellation = new CancellationTokenSource();
        Task waiting = _gate.WhenOpenAsync(cancellation.Token).AsTask();
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
