using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Tests.Foreign;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Connecting;

/// <summary>A raw stream behaves alike over whatever carries it.</summary>
public abstract class RawStreamTests : IAsyncDisposable
{
    private protected const int BufferBytes = 64 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly RawStream _near;
    private readonly RawStream _far;

    /// <param name="near">One end.</param>
    /// <param name="far">The other end of the same.</param>
    private protected RawStreamTests(ICarrier near, ICarrier far)
    {
        using KeyPair keyPair = KeyPair.Generate();
        using var keeper = new KeyKeeper(keyPair);
        _near = new RawStream(near, isInitiator: true, default, default, keeper.BeginHandshake());
        _far = new RawStream(far, isInitiator: false, default, default, keeper.BeginHandshake());
    }

    public async ValueTask DisposeAsync()
    {
        await _near.DisposeAsync().AsTask().WaitAsync(Deadline);
        await _far.DisposeAsync().AsTask().WaitAsync(Deadline);
        await CloseNodeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Ends_OneHalfAfterTheOther_CompletesWhenAllWasRead()
    {
        await _near.WriteMessageAsync("first"u8.ToArray());
        await _near.EndAsync();
        await _near.EndAsync();
        Assert.Equal("first"u8.ToArray(), await ReadToEndAsync(_far));
        await _far.WriteMessageAsync("second"u8.ToArray());
        await _far.EndAsync();
        await _far.Completion.WaitAsync(Deadline);
        Assert.False(_near.Completion.IsCompleted, "there is something to read yet");

        Assert.Equal("second"u8.ToArray(), await ReadToEndAsync(_near));

        await _near.Completion.WaitAsync(Deadline);
        Assert.Null(await _near.ReadMessageAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => _near.WriteMessageAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Write_PeerDoesNotRead_Waits()
    {
        byte[] message = new byte[16 * BufferBytes];
        Task writing = _near.WriteMessageAsync(message).AsTask();
        await Assert.ThrowsAsync<TimeoutException>(() => writing.WaitAsync(TimeSpan.FromMilliseconds(200)));

        Task<byte[]> reading = ReadToEndAsync(_far);
        await writing.WaitAsync(Deadline);
        await _near.EndAsync();
        Assert.Equal(message.Length, (await reading).Length);
    }

    [Fact]
    public async Task Destroy_WithReason_TellsBothSides()
    {
        Task<PooledBuffer?> here = _near.ReadMessageAsync().AsTask();
        Task<PooledBuffer?> there = _far.ReadMessageAsync().AsTask();
        var reason = new DhtException(DhtError.StreamTimeout);

        _near.Destroy(reason);

        Assert.Equal(
            DhtError.StreamReset, (await Assert.ThrowsAsync<DhtException>(() => here.WaitAsync(Deadline))).Error);
        Assert.Equal(
            DhtError.StreamReset, (await Assert.ThrowsAsync<DhtException>(() => there.WaitAsync(Deadline))).Error);
        Assert.Same(reason, await Assert.ThrowsAsync<DhtException>(() => _near.Completion.WaitAsync(Deadline)));
        await Assert.ThrowsAsync<DhtException>(() => _far.Completion.WaitAsync(Deadline));
        await Assert.ThrowsAsync<DhtException>(() => _far.WriteMessageAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<DhtException>(() => _far.EndAsync().AsTask());
        await Assert.ThrowsAsync<DhtException>(() => _far.ReadMessageAsync().AsTask());
    }

    [Fact]
    public async Task Dispose_EndedButNotReadToTheEnd_CutsIt()
    {
        await _far.WriteMessageAsync("nobody reads this"u8.ToArray());
        await _near.EndAsync();

        await _near.DisposeAsync().AsTask().WaitAsync(Deadline);

        Assert.True(_near.Completion.IsCompletedSuccessfully);
        await Assert.ThrowsAsync<DhtException>(() => ReadAfterEndAsync(_far));
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothing()
    {
        using var stopping = new CancellationTokenSource();
        Task<PooledBuffer?> reading = _far.ReadMessageAsync(stopping.Token).AsTask();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Deadline));

        await _near.WriteMessageAsync("still there"u8.ToArray());
        await _near.EndAsync();

        Assert.Equal("still there"u8.ToArray(), await ReadToEndAsync(_far));
    }

    [Fact]
    public async Task CarriersClosed_IsTheNodesEnd()
    {
        await CloseNodeAsync();

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => _near.Completion.WaitAsync(Deadline));

        Assert.Equal(DhtError.NodeDestroyed, e.Error);
        await Assert.ThrowsAsync<DhtException>(() => _near.ReadMessageAsync().AsTask());
    }

    /// <summary>The node under both of them goes away.</summary>
    private protected abstract Task CloseNodeAsync();

    private static async Task<byte[]> ReadToEndAsync(RawStream stream)
    {
        List<byte> bytes = [];
        while (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline) is { } chunk)
        {
            using (chunk)
            {
                bytes.AddRange(chunk.Span);
            }
        }

        return [.. bytes];
    }

    /// <summary>The end that the other side sent may be there before it is cut.</summary>
    private static async Task ReadAfterEndAsync(RawStream stream)
    {
        await ReadToEndAsync(stream);
        await stream.Completion.WaitAsync(Deadline);
    }
}
