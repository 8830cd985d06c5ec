using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests;

public sealed class DhtStreamTests : IAsyncDisposable
{
    private readonly ScriptedStream _stream = new();
    private readonly byte[] _buffer = new byte[8];

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    [Fact]
    public async Task Read_PartOfAMessage_KeepsItsRest()
    {
        _stream.Receive([1, 2, 3, 4, 5]);
        Assert.Equal(2, await _stream.ReadAsync(_buffer.AsMemory(0, 2)));
        Assert.Equal(new byte[] { 1, 2 }, _buffer[..2]);
        Assert.Equal(3, await _stream.ReadAsync(_buffer));
        Assert.Equal(new byte[] { 3, 4, 5 }, _buffer[..3]);
    }

    [Fact]
    public async Task ReadMessage_AfterPartOfOneWasRead_GivesTheRest()
    {
        _stream.Receive([1, 2, 3], [4]);
        Assert.Equal(1, await _stream.ReadAsync(_buffer.AsMemory(0, 1)));
        Assert.Equal(new byte[] { 2, 3 }, await ReadMessageAsync());
        Assert.Equal(new byte[] { 4 }, await ReadMessageAsync());
    }

    [Fact]
    public async Task Read_EmptyMessages_ArePassedOver()
    {
        _stream.Receive([], [], [7]);
        Assert.Equal(1, await _stream.ReadAsync(_buffer));
        Assert.Equal(7, _buffer[0]);
    }

    [Fact]
    public async Task ReadMessage_EmptyMessage_IsOne()
    {
        _stream.Receive(Array.Empty<byte>());
        Assert.Empty(await ReadMessageAsync());
    }

    [Fact]
    public async Task Read_AfterTheEnd_IsZeroEachTime()
    {
        _stream.Receive([1]);
        _stream.EndIncoming();
        Assert.Equal(1, await _stream.ReadAsync(_buffer));
        Assert.Equal(0, await _stream.ReadAsync(_buffer));
        Assert.Equal(0, await _stream.ReadAsync(_buffer));
    }

    [Fact]
    public async Task Read_EmptyBuffer_WaitsForBytesAndTakesNone()
    {
        ValueTask<int> waiting = _stream.ReadAsync(Memory<byte>.Empty);
        Assert.False(waiting.IsCompleted);
        _stream.Receive([5]);
        Assert.Equal(0, await waiting);
        Assert.Equal(1, await _stream.ReadAsync(_buffer));
        Assert.Equal(5, _buffer[0]);
    }

    [Fact]
    public async Task Read_BrokenStream_ThrowsAnIOExceptionWithTheReason()
    {
        _stream.EndIncoming(new DhtException(DhtError.StreamTimeout));
        IOException thrown = await Assert.ThrowsAsync<IOException>(ReadAsync);
        Assert.Equal(DhtError.StreamTimeout, Assert.IsType<DhtException>(thrown.InnerException).Error);
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothing()
    {
        using var cancelling = new CancellationTokenSource();
        ValueTask<int> reading = _stream.ReadAsync(_buffer, cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
        _stream.Receive([1]);
        Assert.Equal(1, await _stream.ReadAsync(_buffer));
    }

    [Fact]
    public async Task Write_IsOneMessage()
    {
        await _stream.WriteAsync(new byte[] { 1, 2, 3 });
        await _stream.WriteAsync(_buffer.AsMemory(2, 4));
        Assert.Equal([3, 4], _stream.Written.Select(static message => message.Length));
    }

    [Fact]
    public async Task Write_LongerThanAMessage_IsSeveral()
    {
        await _stream.WriteAsync(new byte[DhtStream.MaxMessageBytes + 1]);
        Assert.Equal([DhtStream.MaxMessageBytes, 1], _stream.Written.Select(static message => message.Length));
    }

    [Fact]
    public async Task Write_Empty_IsNoMessage()
    {
        await _stream.WriteAsync(ReadOnlyMemory<byte>.Empty);
        Assert.Empty(_stream.Written);
    }

    [Fact]
    public async Task Write_BrokenStream_ThrowsAnIOExceptionWithTheReason()
    {
        _stream.WriteFailure = new DhtException(DhtError.StreamReset);
        IOException thrown = await Assert.ThrowsAsync<IOException>(async () => await _stream.WriteAsync(_buffer));
        Assert.Equal(DhtError.StreamReset, Assert.IsType<DhtException>(thrown.InnerException).Error);
    }

    [Fact]
    public async Task AReaderOfLines_NeedsNoMoreThanAStream()
    {
        _stream.Receive("first li"u8.ToArray(), "ne\nsecond"u8.ToArray());
        _stream.EndIncoming();
        using var reader = new StreamReader(_stream);
        Assert.Equal("first line", await reader.ReadLineAsync());
        Assert.Equal("second", await reader.ReadLineAsync());
        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public void SynchronousCalls_Block()
    {
        _stream.Receive([1, 2]);
        Assert.Equal(2, _stream.Read(_buffer, 0, 8));
        _stream.Write([3]);
        Assert.Equal(new byte[] { 3 }, Assert.Single(_stream.Written));
    }

    [Fact]
    public async Task Dispose_OpenStream_DestroysIt()
    {
        await _stream.DisposeAsync();
        Assert.True(_stream.IsDestroyed);
        Assert.False(_stream.CanRead || _stream.CanWrite);
        await Assert.ThrowsAsync<ObjectDisposedException>(ReadAsync);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _stream.WriteAsync(_buffer));
    }

    [Fact]
    public async Task Dispose_EndedStream_LeavesWhatIsOnItsWay()
    {
        await _stream.EndAsync();
        await _stream.DisposeAsync();
        Assert.False(_stream.IsDestroyed);
    }

    [Fact]
    public void Dispose_Synchronously_DestroysToo()
    {
        _stream.Dispose();
        Assert.True(_stream.IsDestroyed);
    }

    private Task<int> ReadAsync() => _stream.ReadAsync(_buffer).AsTask();

    private async Task<byte[]> ReadMessageAsync()
    {
        using PooledBuffer message = await _stream.ReadMessageAsync() ?? throw new EndOfStreamException();
        return message.Memory.ToArray();
    }
}
