using System.IO.Pipelines;
using System.Net.WebSockets;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Transports;

public sealed class WebSocketTransportTests : IAsyncDisposable
{
    private readonly WebSocket _client;
    private readonly WebSocketTransport _transport;

    public WebSocketTransportTests()
    {
        var toRelay = new Pipe();
        var toClient = new Pipe();
        _client = WebSocket.CreateFromStream(
            new DuplexStream(toClient.Reader, toRelay.Writer), new WebSocketCreationOptions { IsServer = false });
        WebSocket relay = WebSocket.CreateFromStream(
            new DuplexStream(toRelay.Reader, toClient.Writer), new WebSocketCreationOptions { IsServer = true });
        _transport = new WebSocketTransport(
            relay,
            "127.0.0.1:1",

            // Most tests leave a client behind that does not close.
            new WebSocketTransportOptions { MaxFrameBytes = 100_000, CloseTimeout = TimeSpan.FromMilliseconds(100) });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(99_999)]
    public async Task Message_OfAnyLength_IsOneFrame(int length)
    {
        byte[] sent = Bytes(length);
        Task sending = _client.SendAsync(sent, WebSocketMessageType.Binary, true, CancellationToken.None);
        using PooledBuffer? frame = await _transport.ReceiveAsync(CancellationToken.None);
        Assert.Equal(sent, frame!.Value.Memory.ToArray());
        await sending;
    }

    [Fact]
    public async Task Fragments_AreGathered()
    {
        await _client.SendAsync(Bytes(3), WebSocketMessageType.Binary, false, CancellationToken.None);
        await _client.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, false, CancellationToken.None);
        await _client.SendAsync(Bytes(5000), WebSocketMessageType.Binary, false, CancellationToken.None);
        await _client.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, true, CancellationToken.None);
        using PooledBuffer? frame = await _transport.ReceiveAsync(CancellationToken.None);
        Assert.Equal([.. Bytes(3), .. Bytes(5000)], frame!.Value.Memory.ToArray());
    }

    [Fact]
    public async Task Frames_OfAllSizesInARow_StayWhole()
    {
        int[] lengths = [10, 70_000, 3, 0, 9000, 65_536, 1];
        Task sending = Task.Run(async () =>
        {
            foreach (int length in lengths)
            {
                await _client.SendAsync(Bytes(length), WebSocketMessageType.Binary, true, CancellationToken.None);
            }
        });
        foreach (int length in lengths)
        {
            using PooledBuffer? frame = await _transport.ReceiveAsync(CancellationToken.None);
            Assert.Equal(Bytes(length), frame!.Value.Memory.ToArray());
        }

        await sending;
    }

    [Fact]
    public async Task Frame_OverTheLimit_IsRefused()
    {
        Task sending = _client.SendAsync(Bytes(100_001), WebSocketMessageType.Binary, true, CancellationToken.None);
        await Assert.ThrowsAsync<ProtocolException>(async () => await _transport.ReceiveAsync(CancellationToken.None));
        _transport.Abort();
        await sending.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task Text_IsRefused()
    {
        await _client.SendAsync(Bytes(3), WebSocketMessageType.Text, true, CancellationToken.None);
        await Assert.ThrowsAsync<ProtocolException>(async () => await _transport.ReceiveAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Close_OfTheClient_IsTheEnd_AndIsAnswered()
    {
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Null(await _transport.ReceiveAsync(CancellationToken.None));
        await _transport.DisposeAsync();
        WebSocketReceiveResult answer = await _client.ReceiveAsync(new byte[10], CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, answer.MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, answer.CloseStatus);
    }

    [Theory]
    [InlineData("the relay is draining", "the relay is draining")]
    [InlineData("", null)]
    public async Task Close_OfTheOtherSide_TellsWhy(string said, string? expected)
    {
        await _client.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, said, CancellationToken.None);

        Assert.Null(await _transport.ReceiveAsync(CancellationToken.None));

        Assert.Equal(expected, _transport.RemoteReason);
    }

    [Fact]
    public async Task Dispose_SaysGoodbye()
    {
        await _transport.SendAsync(Bytes(5), CancellationToken.None);
        await _transport.DisposeAsync();
        var buffer = new byte[10];
        WebSocketReceiveResult data = await _client.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal(5, data.Count);
        Assert.Equal(WebSocketMessageType.Binary, data.MessageType);
        Assert.True(data.EndOfMessage);
        Assert.Equal(
            WebSocketMessageType.Close, (await _client.ReceiveAsync(buffer, CancellationToken.None)).MessageType);
    }

    [Theory]
    [InlineData(CloseKind.Done, 1000)]
    [InlineData(CloseKind.GoingAway, 1001)]
    [InlineData(CloseKind.Violation, 1002)]
    [InlineData(CloseKind.Refused, 1008)]
    [InlineData(CloseKind.Fault, 1011)]
    public async Task Close_TellsWhy(CloseKind kind, int code)
    {
        await _transport.CloseAsync(new CloseReason(kind, "the relay is draining"));

        WebSocketReceiveResult close = await _client.ReceiveAsync(new byte[10], CancellationToken.None);
        Assert.Equal((WebSocketCloseStatus)code, close.CloseStatus);
        Assert.Equal("the relay is draining", close.CloseStatusDescription);
    }

    [Fact]
    public async Task Close_AfterAReceiveThatWasCancelled_StillTellsWhy()
    {
        using var stopping = new CancellationTokenSource();
        Task<PooledBuffer?> receiving = _transport.ReceiveAsync(stopping.Token).AsTask();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);

        await _transport.CloseAsync(new CloseReason(CloseKind.GoingAway, "the relay is draining"));

        WebSocketReceiveResult close = await _client.ReceiveAsync(new byte[10], CancellationToken.None);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, close.CloseStatus);
    }

    [Theory]
    [InlineData("a", 200, 123)]
    [InlineData("é", 100, 61)]
    [InlineData("😀", 50, 60)]
    public async Task Close_WithALongReason_TellsItsFirstCharacters(string text, int times, int expectedLength)
    {
        string reason = string.Concat(Enumerable.Repeat(text, times));

        await _transport.CloseAsync(new CloseReason(CloseKind.GoingAway, reason));

        WebSocketReceiveResult close = await _client.ReceiveAsync(new byte[10], CancellationToken.None);
        Assert.Equal(reason[..expectedLength], close.CloseStatusDescription);
    }

    [Fact]
    public async Task Receive_GivenUp_LeavesTheConnection_AndTheNextOneHasTheFrame()
    {
        using (var patience = new CancellationTokenSource())
        {
            ValueTask<PooledBuffer?> givenUp = _transport.ReceiveAsync(patience.Token);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await givenUp);
        }

        await _client.SendAsync(Bytes(3), WebSocketMessageType.Binary, true, CancellationToken.None);
        using PooledBuffer? frame = await _transport.ReceiveAsync(CancellationToken.None);
        Assert.Equal(Bytes(3), frame!.Value.Memory.ToArray());
    }

    [Fact]
    public async Task Close_AfterAReceiveThatWasGivenUp_TellsWhy_AndReadsWhatStillComes()
    {
        using var patience = new CancellationTokenSource();
        ValueTask<PooledBuffer?> givenUp = _transport.ReceiveAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await givenUp);

        ValueTask closing = _transport.CloseAsync(new CloseReason(CloseKind.GoingAway, "draining"));
        await _client.SendAsync(Bytes(3000), WebSocketMessageType.Binary, true, CancellationToken.None);
        WebSocketReceiveResult close = await _client.ReceiveAsync(new byte[10], CancellationToken.None);
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await closing;

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, close.CloseStatus);
        Assert.Equal("draining", close.CloseStatusDescription);
    }

    [Fact]
    public async Task Close_ThatWasCutShort_AndAgain_GivesAFrameThatNobodyTookBackOnce()
    {
        using var socket = new OneFrameSocket();
        var transport = new WebSocketTransport(socket, "127.0.0.1:1");
        using var patience = new CancellationTokenSource();
        ValueTask<PooledBuffer?> givenUp = transport.ReceiveAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await givenUp);

        // All on one thread, whose next two buffers would be the same one if it had been given back twice.
        await Task.Run(async () =>
        {
            socket.Deliver();
            transport.Abort();
            await transport.CloseAsync(CloseReason.Done);
            await transport.DisposeAsync();
            using PooledBuffer one = PooledBuffer.Rent(4000);
            using PooledBuffer other = PooledBuffer.Rent(4000);
            Assert.False(one.Span.Overlaps(other.Span));
        });
    }

    [Fact]
    public async Task Cut_IsAnIOException()
    {
        ValueTask<PooledBuffer?> reading = _transport.ReceiveAsync(CancellationToken.None);
        _client.Abort();
        await Assert.ThrowsAsync<IOException>(async () => await reading);
    }

    [Fact]
    public async Task Abort_FailsWhatIsPending()
    {
        ValueTask<PooledBuffer?> reading = _transport.ReceiveAsync(CancellationToken.None);
        _transport.Abort();
        await Assert.ThrowsAsync<IOException>(async () => await reading);
        await Assert.ThrowsAsync<IOException>(async () => await _transport.SendAsync(Bytes(1), CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _transport.DisposeAsync();
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)i)];
}
