using RelayCluster.Actors.TestKit;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Dht.Links;
using RelayCluster.Dht.Tests.Foreign;

namespace RelayCluster.Dht.Tests.Hyper.Links;

/// <summary>What a client makes of a server that the test plays, frame by frame.</summary>
public sealed class LinkDialTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly VirtualClock _clock = new();
    private readonly LinkCarriers _carriers = new(64 * 1024);
    private readonly KeyPair _clientKey = KeyPair.Generate();
    private readonly KeyPair _serverKey = KeyPair.Generate();
    private readonly DhtLink _near;
    private readonly DhtLink _far;
    private readonly LinkHandshakeFrames _server;

    public LinkDialTests()
    {
        (_near, _far) = DhtLink.CreatePair();
        _server = new LinkHandshakeFrames(_far.Pipe);
    }

    public async ValueTask DisposeAsync()
    {
        await _carriers.CloseAsync();
        await _far.DisposeAsync();
        _clientKey.Dispose();
        _serverKey.Dispose();
    }

    [Fact]
    public async Task NobodyTakesTheClient_ForThreeSeconds_IsOfNoUse()
    {
        Task<DhtStream?> dialling = DialAsync();
        await HearHelloAsync();
        _clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(dialling.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Null(await dialling.WaitAsync(Deadline));
        Assert.Null(_clock.UntilNextTimer);
    }

    [Fact]
    public async Task TakenButNotAnswered_ForTenSeconds_HasFailed()
    {
        Task<DhtStream?> dialling = DialAsync();
        await HearHelloAsync();
        await SayAsync(LinkFrameKind.Taken);
        await UntilTheNextTimerIsAsync(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(dialling.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(0.1));

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => dialling.WaitAsync(Deadline));
        Assert.Equal("PEER_CONNECTION_FAILED: Could not connect to peer", e.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task LinkBreaks_BeforeTheAnswer_IsOfNoUse(int frames)
    {
        Task<DhtStream?> dialling = DialAsync();
        if (frames > 0)
        {
            await HearHelloAsync();
        }

        if (frames > 1)
        {
            await SayAsync(LinkFrameKind.Taken);
            await UntilTheNextTimerIsAsync(TimeSpan.FromSeconds(10));
        }

        await _far.DisposeAsync();

        Assert.Null(await dialling.WaitAsync(Deadline));
    }

    [Theory]
    [InlineData(LinkFrameKind.Hello)]
    [InlineData(LinkFrameKind.Answer)]
    [InlineData(LinkFrameKind.Data)]
    [InlineData(LinkFrameKind.End)]
    internal async Task ServerSaysSomethingElse_IsOfNoUse(LinkFrameKind kind)
    {
        Task<DhtStream?> dialling = DialAsync();
        await HearHelloAsync();

        await SayAsync(kind);

        Assert.Null(await dialling.WaitAsync(Deadline));
    }

    [Fact]
    public async Task AnswerOfAnotherHandshake_IsOfNoUse()
    {
        Task<DhtStream?> dialling = DialAsync();
        byte[] hello = await HearHelloAsync();
        await SayAsync(LinkFrameKind.Taken);

        await SayAsync(LinkFrameKind.Answer, hello);

        Assert.Null(await dialling.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Refused_HasFailed()
    {
        Task<DhtStream?> dialling = DialAsync();
        await HearHelloAsync();
        await SayAsync(LinkFrameKind.Taken);

        await SayAsync(LinkFrameKind.Refused);

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => dialling.WaitAsync(Deadline));
        Assert.Equal(DhtError.PeerConnectionFailed, e.Error);
    }

    [Theory]
    [InlineData(1, DhtError.ServerError)]
    [InlineData(2, DhtError.ServerError)]
    public async Task AnswerWithAnError_HasFailed(uint error, DhtError expected)
    {
        Task<DhtStream?> dialling = DialAsync();
        byte[] hello = await HearHelloAsync();
        await SayAsync(LinkFrameKind.Taken);
        using var handshake = new KeyPairHandshake(_serverKey, null, new SecretStreamOptions());
        await handshake.ReadAsync(hello, CancellationToken.None);

        await SayAsync(
            LinkFrameKind.Answer,
            await handshake.WriteAsync(LinkOffer.Create(error).Encode(), CancellationToken.None));

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => dialling.WaitAsync(Deadline));
        Assert.Equal(expected, e.Error);
    }

    [Fact]
    public async Task KeeperMakesNoMessage_HasFailed()
    {
        using var keeper = new KeyKeeper(_clientKey, _serverKey.PublicKey) { WriteFailure = new TimeoutException() };

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => DialAsync(keeper).WaitAsync(Deadline));

        Assert.Equal(DhtError.PeerConnectionFailed, e.Error);
    }

    [Fact]
    public async Task Cancelled_TheServerSeesTheLinkCut()
    {
        using var leaving = new CancellationTokenSource();
        Task<DhtStream?> dialling = DialAsync(cancellationToken: leaving.Token);
        await HearHelloAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling.WaitAsync(Deadline));
        await Assert.ThrowsAsync<IOException>(
            () => _server.ReadAsync(CancellationToken.None).AsTask().WaitAsync(Deadline));
    }

    /// <summary>The client has read what it was told, and waits anew.</summary>
    private async Task UntilTheNextTimerIsAsync(TimeSpan due)
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (_clock.UntilNextTimer != due)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<byte[]> HearHelloAsync()
    {
        (LinkFrameKind Kind, byte[] Body)? hello =
            await _server.ReadAsync(CancellationToken.None).AsTask().WaitAsync(Deadline);
        Assert.Equal(LinkFrameKind.Hello, hello!.Value.Kind);
        return hello.Value.Body;
    }

    private ValueTask SayAsync(LinkFrameKind kind, byte[]? body = null) =>
        _server.WriteAsync(kind, body, CancellationToken.None);

    private Task<DhtStream?> DialAsync(KeyKeeper? keeper = null, CancellationToken cancellationToken = default)
    {
        INoiseHandshake CreateHandshake() => keeper is null
            ? new KeyPairHandshake(_clientKey, _serverKey.PublicKey, new SecretStreamOptions())
            : new ForeignHandshake(
                keeper.BeginHandshake(), isInitiator: true, keeper.PublicKey, _serverKey.PublicKey);

        return new LinkDial(_carriers, _clock, options: null, CreateHandshake).RunAsync(_near, cancellationToken);
    }
}
