using RelayCluster.Host.Forwarding;

namespace RelayCluster.Host.Tests.Forwarding;

public sealed class SpliceTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly PipeEnd _local = new();
    private readonly PipeEnd _remote = new();
    private readonly Traffic _traffic = new();

    public async ValueTask DisposeAsync()
    {
        await _local.DisposeAsync();
        await _remote.DisposeAsync();
    }

    [Fact]
    public async Task Each_direction_ends_by_itself_and_the_other_goes_on()
    {
        var splice = new Splice(_local, _remote, _traffic);
        Task running = splice.RunAsync(default);
        await _local.FeedAsync([1, 2, 3]);
        _local.FeedEnd();

        Assert.Equal([1, 2, 3], await _remote.ReceiveAllAsync().WaitAsync(Deadline));
        Assert.False(running.IsCompleted);
        await _remote.FeedAsync([4, 5]);
        _remote.FeedEnd();
        Assert.Equal([4, 5], await _local.ReceiveAllAsync().WaitAsync(Deadline));
        await running.WaitAsync(Deadline);

        Assert.Equal((3, 2), (splice.Sent, splice.Received));
        Assert.Equal("0 open of 0 connections; 3 B sent, 2 B received", _traffic.ToString());
        Assert.False(_local.IsAborted);
        Assert.False(_remote.IsAborted);
    }

    [Fact]
    public async Task More_than_a_buffer_comes_through_as_it_was()
    {
        byte[] bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        Task running = new Splice(_local, _remote, _traffic).RunAsync(default);
        Task<byte[]> received = _local.ReceiveAllAsync();

        await _remote.FeedAsync(bytes);
        _remote.FeedEnd();
        _local.FeedEnd();
        await running.WaitAsync(Deadline);

        Assert.Equal(bytes, await received.WaitAsync(Deadline));
    }

    [Fact]
    public async Task An_end_that_breaks_off_under_its_reader_cuts_both()
    {
        Task running = new Splice(_local, _remote, _traffic).RunAsync(default);
        var reason = new IOException("gone");

        _remote.FeedEnd(reason);

        var e = await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Deadline));
        Assert.Same(reason, e);
        Assert.True(_local.IsAborted);
        Assert.True(_remote.IsAborted);
    }

    [Fact]
    public async Task An_end_that_breaks_off_where_nobody_reads_any_more_cuts_both()
    {
        Task running = new Splice(_local, _remote, _traffic).RunAsync(default);
        _remote.FeedEnd();
        Assert.Empty(await _local.ReceiveAllAsync().WaitAsync(Deadline));
        var reason = new IOException("gone");

        _remote.Break(reason);

        var e = await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Deadline));
        Assert.Same(reason, e);
        Assert.True(_local.IsAborted);
    }

    [Fact]
    public async Task Who_is_told_to_end_cuts_both()
    {
        using var told = new CancellationTokenSource();
        Task running = new Splice(_local, _remote, _traffic).RunAsync(told.Token);

        await told.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Deadline));
        Assert.True(_local.IsAborted);
        Assert.True(_remote.IsAborted);
    }
}
