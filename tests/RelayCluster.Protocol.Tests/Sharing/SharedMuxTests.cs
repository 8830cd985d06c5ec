using System.Text;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Sharing;
using RelayCluster.Protocol.Tests.Messages;
using RelayCluster.Protocol.Tests.Transports;
using RelayCluster.Wire;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Tests.Sharing;

public sealed class SharedMuxTests : IAsyncDisposable
{
    private static readonly MuxChannelOptions Chat = new() { Protocol = "chat", MessageTypes = 2 };
    private static readonly MuxChannelOptions Other = new() { Protocol = "other", MessageTypes = 1 };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly MemoryTransport _clientTransport;
    private readonly MemoryTransport _relayTransport;
    private readonly SharedMux _client;
    private readonly SharedMux _relay;
    private Task? _runningClient;
    private Task? _runningRelay;

    public SharedMuxTests()
    {
        (_clientTransport, _relayTransport) = MemoryTransport.CreatePair();
        _client = new SharedMux(_clientTransport, new SharedMuxOptions { MaxUnsentBytes = 1000 });
        _relay = new SharedMux(_relayTransport, new SharedMuxOptions { MaxUnreadBytes = 1000, MaxReplyBytes = 100 });
    }

    [Fact]
    public async Task RelayAndAnotherProtocol_ShareOneTransport()
    {
        ValueTask<RelayChannel?> accepting = RelayChannel.AcceptAsync(_relay);
        SharedChannel chatOfRelay = _relay.Open(Chat)!;
        await using RelayChannel ofClient = RelayChannel.Open(_client);
        SharedChannel chatOfClient = _client.Open(Chat)!;
        Run();
        await using RelayChannel ofRelay = (await accepting)!;
        Assert.True(await chatOfRelay.WhenOpenAsync());
        Assert.True(await chatOfClient.WhenOpenAsync());

        await chatOfClient.SendAsync(1, "hello"u8.ToArray());
        await ofClient.SendAsync(new EndMessage(7));
        await ofRelay.SendAsync(new DataMessage(8, PooledBuffer.CopyOf("data"u8)));
        await chatOfRelay.SendAsync(0, "you too"u8.ToArray());
        await ofRelay.SendAsync(PingMessage.Instance);

        Assert.Equal(new EndMessage(7), await ofRelay.ReadAsync());
        Assert.Equal((1, "hello"), await ReadTextAsync(chatOfRelay));
        using var data = (DataMessage)(await ofClient.ReadAsync())!;
        Assert.Equal("[64617461]", MessageText.Of(data.Chunks));
        Assert.Equal((0, "you too"), await ReadTextAsync(chatOfClient));
        Assert.IsType<PingMessage>(await ofClient.ReadAsync());
        Assert.IsType<PongMessage>(await ofRelay.ReadAsync());
    }

    [Fact]
    public async Task RelayChannel_ThatCloses_LeavesTheOthersAlone()
    {
        ValueTask<RelayChannel?> accepting = RelayChannel.AcceptAsync(_relay);
        SharedChannel chatOfRelay = _relay.Open(Chat)!;
        RelayChannel ofClient = RelayChannel.Open(_client);
        SharedChannel chatOfClient = _client.Open(Chat)!;
        Run();
        RelayChannel ofRelay = (await accepting)!;
        await ofRelay.SendAsync(new EndMessage(1));
        await ofRelay.CloseAsync();
        Assert.Equal(new EndMessage(1), await ofClient.ReadAsync());
        Assert.Null(await ofClient.ReadAsync());
        await Assert.ThrowsAsync<IOException>(async () => await ofClient.SendAsync(new EndMessage(1)));
        await Assert.ThrowsAsync<IOException>(async () => await ofRelay.SendAsync(new EndMessage(1)));

        await chatOfClient.SendAsync(0, "still here"u8.ToArray());
        Assert.Equal((0, "still here"), await ReadTextAsync(chatOfRelay));

        ValueTask<RelayChannel?> acceptingAgain = RelayChannel.AcceptAsync(_relay);
        await using RelayChannel again = RelayChannel.Open(_client);
        await using RelayChannel? acceptedAgain = await acceptingAgain;
        Assert.NotNull(acceptedAgain);
        Assert.Throws<InvalidOperationException>(() => RelayChannel.Open(_client));
    }

    [Fact]
    public async Task Relay_WhoseMuxerEndsBeforeTheClientOpens_HasNoChannel()
    {
        Task<RelayChannel?> accepting = RelayChannel.AcceptAsync(_relay).AsTask();
        Run();
        Assert.False(accepting.IsCompleted);
        await _client.CloseAsync();
        Assert.Null(await accepting);
    }

    [Fact]
    public async Task ChannelThatNobodyNamed_IsRejected_AndOneThatSomebodyNamedIsAskedFor()
    {
        var asked = new TaskCompletionSource<MuxOpenRequest>();
        _relay.Pair("later", asked.SetResult);
        SharedChannel unnamed = _client.Open(Chat)!;
        SharedChannel later = _client.Open(Chat with { Protocol = "later", Handshake = "hi"u8.ToArray() })!;
        await later.SendAsync(1, "kept"u8.ToArray());
        Run();
        Assert.False(await unnamed.WhenOpenAsync());
        Assert.Null(await unnamed.ReadAsync());

        // opened on another thread than the one that asks, and while nothing comes
        MuxOpenRequest request = await asked.Task;
        Assert.Equal("later", request.Protocol);
        SharedChannel answered = _relay.Open(Chat with { Protocol = "later" })!;
        Assert.True(await answered.WhenOpenAsync().WaitAsync(Patience));
        Assert.Equal("hi"u8.ToArray(), answered.RemoteHandshake.ToArray());
        Assert.Equal((1, "kept"), await ReadTextAsync(answered));
        Assert.True(await later.WhenOpenAsync());
    }

    [Fact]
    public async Task Request_MayBeTurnedDown()
    {
        _relay.Pair("chat", _relay.Reject);
        SharedChannel channel = _client.Open(Chat)!;
        Run();
        Assert.False(await channel.WhenOpenAsync());
    }

    [Fact]
    public async Task Channel_ThatNobodyReads_StopsTheReceiving_UntilItIsRead()
    {
        SharedChannel otherOfRelay = _relay.Open(Other)!;
        SharedChannel otherOfClient = _client.Open(Other)!;
        (SharedChannel ofClient, SharedChannel ofRelay) = await OpenChatAsync();
        await ofClient.SendAsync(0, new byte[600]);
        await ofClient.SendAsync(0, new byte[600]);
        await otherOfClient.SendAsync(0, new byte[10]);
        Task<ChannelMessage?> reading = otherOfRelay.ReadAsync().AsTask();

        // the one that is full waits for the first of its two messages to be read
        Assert.True(await ofRelay.WaitToReadAsync());
        Assert.False(reading.IsCompleted);
        (await ofRelay.ReadAsync())!.Value.Dispose();
        Assert.NotNull(await reading);
    }

    [Fact]
    public async Task Channel_ThatNobodyReadsAndIsClosed_HoldsUpNobody()
    {
        SharedChannel otherOfRelay = _relay.Open(Other)!;
        SharedChannel otherOfClient = _client.Open(Other)!;
        (SharedChannel ofClient, SharedChannel ofRelay) = await OpenChatAsync();
        await ofClient.SendAsync(0, new byte[1200]);
        await otherOfClient.SendAsync(0, new byte[10]);
        Assert.True(await ofRelay.WaitToReadAsync());
        ofRelay.Dispose();
        Assert.NotNull(await otherOfRelay.ReadAsync());
        Assert.Null(await ofClient.ReadAsync());
    }

    [Fact]
    public async Task Senders_WaitWhileTooMuchIsUnsent_AndReadersDoNot()
    {
        (SharedChannel ofClient, SharedChannel ofRelay) = await OpenChatAsync();
        _clientTransport.IsStalled = true;
        await ofClient.SendAsync(0, new byte[600]);
        Task waiting = ofClient.SendAsync(0, new byte[600]).AsTask();
        Assert.False(waiting.IsCompleted);
        await ofRelay.SendAsync(0, "read"u8.ToArray());
        Assert.Equal((0, "read"), await ReadTextAsync(ofClient));
        _clientTransport.IsStalled = false;
        await waiting;
    }

    [Fact]
    public async Task Cut_IsToldToAll()
    {
        (SharedChannel ofClient, SharedChannel ofRelay) = await OpenChatAsync();
        _relayTransport.IsStalled = true;
        Task sending = ofRelay.SendAsync(0, new byte[1024 * 1024]).AsTask();
        _relay.Abort();
        await Assert.ThrowsAsync<IOException>(() => sending);
        await Assert.ThrowsAsync<IOException>(async () => await ofRelay.ReadAsync());
        await Assert.ThrowsAsync<IOException>(() => _runningRelay!);
        Assert.Throws<IOException>(() => _relay.Open(Chat));
        await Assert.ThrowsAsync<IOException>(async () => await ofClient.ReadAsync());
    }

    [Theory]
    [InlineData("000207")]
    [InlineData("00010300")]
    public async Task Frame_ThatBreaksTheProtocol_IsToldToAll(string frame)
    {
        (SharedChannel _, SharedChannel ofRelay) = await OpenChatAsync();
        await _clientTransport.SendHexAsync(frame);
        await Assert.ThrowsAsync<ProtocolException>(() => _runningRelay!);
        await Assert.ThrowsAsync<ProtocolException>(async () => await ofRelay.ReadAsync());
        Assert.True(_relayTransport.IsAborted);
    }

    [Fact]
    public async Task OtherSide_ThatOpensOnAndOnAndTakesNoAnswer_BreaksTheProtocol()
    {
        await OpenChatAsync();
        _relayTransport.IsStalled = true;
        for (int i = 0; i < 60; i++)
        {
            await _clientTransport.SendHexAsync("000102056f7468657200");
        }

        await Assert.ThrowsAsync<ProtocolException>(() => _runningRelay!);
    }

    [Fact]
    public async Task Close_SendsWhatWaits_AndEndsTheOtherSide()
    {
        (SharedChannel ofClient, SharedChannel ofRelay) = await OpenChatAsync();
        await ofClient.SendAsync(0, "last"u8.ToArray());
        await _client.CloseAsync();
        Assert.Equal((0, "last"), await ReadTextAsync(ofRelay));
        Assert.Null(await ofRelay.ReadAsync());
        Assert.Null(await ofClient.ReadAsync());
        await _runningRelay!.WaitAsync(Patience);
        await _runningClient!.WaitAsync(Patience);
        await Assert.ThrowsAsync<IOException>(async () => await ofRelay.SendAsync(0, default));
        await _client.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _relay.DisposeAsync();
    }

    private static async Task<(int Type, string Text)> ReadTextAsync(SharedChannel channel)
    {
        using ChannelMessage message = (await channel.ReadAsync().AsTask().WaitAsync(Patience))!.Value;
        return (message.Type, Encoding.UTF8.GetString(message.Payload.Span));
    }

    private void Run()
    {
        _runningClient = _client.RunAsync();
        _runningRelay = _relay.RunAsync();
    }

    private async Task<(SharedChannel OfClient, SharedChannel OfRelay)> OpenChatAsync()
    {
        SharedChannel ofRelay = _relay.Open(Chat)!;
        SharedChannel ofClient = _client.Open(Chat)!;
        Run();
        Assert.True(await ofRelay.WhenOpenAsync());
        Assert.True(await ofClient.WhenOpenAsync());
        return (ofClient, ofRelay);
    }
}
