using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Tests.Foreign;
using RelayCluster.Dht.Tests.Hyper.Routing;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Connecting;

public sealed class HandshakeSearchTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly KeyPair _client = KeyPair.FromSeed(Requests.Key(1).Span);
    private readonly KeyPair _server = KeyPair.FromSeed(Requests.Key(2).Span);
    private readonly FakeNetwork _network = new();
    private KeyKeeper? _foreign;
    private readonly CancellationTokenSource _stopping = new();

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _stopping.Dispose();
    }

    [Fact]
    public async Task Run_FirstAnswer_IsTakenAndTheRestCancelled()
    {
        Task<ServerAnswer> search = RunAsync();
        _network.Find("1.1.1.1:1");
        _network.Find("2.2.2.2:2");
        var first = await _network.NextAsync();
        var second = await _network.NextAsync();
        Answer(second);

        ServerAnswer answer = await search.WaitAsync(Deadline);

        Assert.Equal(second.Through, answer.Reply.Through);
        Assert.Equal(42UL, answer.Payload.Udx!.Id);
        Assert.Equal(0, _network.UnderWay);
        Assert.False(_network.IsQueryRunning);
        Assert.Equal(_network.Sent[0], _network.Sent[1]);
        Assert.NotEqual(first.Through, second.Through);
    }

    [Fact]
    public async Task Run_ManyNodesFound_TriesTwoAtATime()
    {
        Task<ServerAnswer> search = RunAsync();
        for (int i = 1; i <= 6; i++)
        {
            _network.Find($"1.1.1.{i}:1");
        }

        for (int i = 1; i < 6; i++)
        {
            Fail(await _network.NextAsync());
        }

        Answer(await _network.NextAsync());

        await search.WaitAsync(Deadline);
        Assert.Equal(2, _network.MostUnderWay);
    }

    [Fact]
    public async Task Run_NobodyKnowsTheServer_IsPeerNotFound()
    {
        Task<ServerAnswer> search = RunAsync();
        _network.FinishQuery();

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => search.WaitAsync(Deadline));
        Assert.Equal("PEER_NOT_FOUND: Peer not found", e.Message);
    }

    [Fact]
    public async Task Run_NoAnswerThroughAnyNode_IsPeerConnectionFailed()
    {
        Task<ServerAnswer> search = RunAsync();
        _network.Find("1.1.1.1:1");
        _network.FinishQuery();
        Fail(await _network.NextAsync());

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => search.WaitAsync(Deadline));
        Assert.Equal("PEER_CONNECTION_FAILED: Could not connect to peer", e.Message);
    }

    [Fact]
    public async Task Run_ForgedAnswer_BeginsANewHandshakeForTheNextNode()
    {
        Task<ServerAnswer> search = RunAsync();
        _network.Find("1.1.1.1:1");
        var forger = await _network.NextAsync();
        forger.Reply.SetResult(Reply(forger.Through, new byte[100]));

        // a node found before the forgery is read shares the handshake that it spoils
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _network.UnderWay) == 0, Deadline));
        _network.Find("2.2.2.2:2");
        Answer(await _network.NextAsync());

        ServerAnswer answer = await search.WaitAsync(Deadline);
        Assert.Equal(UdpEndPoint.Parse("2.2.2.2:2"), answer.Reply.Through);
        Assert.NotEqual(_network.Sent[0], _network.Sent[1]);
    }

    [Fact]
    public async Task Run_ForgedAnswerToAForeignHandshake_BeginsANewOne()
    {
        using var keeper = new KeyKeeper(_client, _server.PublicKey);
        _foreign = keeper;

        await Run_ForgedAnswer_BeginsANewHandshakeForTheNextNode();

        Assert.Equal(2, keeper.Handshakes.Count);
    }

    [Fact]
    public async Task Run_AnswerShorterThanAnyIs_IsNotForTheKeeperToRead()
    {
        using var keeper = new KeyKeeper(_client, _server.PublicKey);
        _foreign = keeper;
        Task<ServerAnswer> search = RunAsync();
        _network.Find("1.1.1.1:1");
        _network.FinishQuery();
        var forger = await _network.NextAsync();
        forger.Reply.SetResult(Reply(forger.Through, new byte[48]));

        await Assert.ThrowsAsync<DhtException>(() => search.WaitAsync(Deadline));
        Assert.Equal(0, keeper.Reads);
    }

    [Fact]
    public async Task Run_KeeperDoesNotAnswerWhenAskedToRead_EndsTheSearch()
    {
        using var keeper = new KeyKeeper(_client, _server.PublicKey) { ReadFailure = new TimeoutException() };
        _foreign = keeper;
        Task<ServerAnswer> search = RunAsync();
        _network.Find("1.1.1.1:1");
        Answer(await _network.NextAsync());

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => search.WaitAsync(Deadline));
        Assert.Equal(DhtError.PeerConnectionFailed, e.Error);
    }

    [Fact]
    public async Task Run_KeeperWritesNothing_NothingIsSent()
    {
        using var keeper = new KeyKeeper(_client, _server.PublicKey) { WriteFailure = new TimeoutException() };
        _foreign = keeper;
        Task<ServerAnswer> search = RunAsync("3.3.3.3:3");
        _network.Find("1.1.1.1:1");
        _network.FinishQuery();

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => search.WaitAsync(Deadline));
        Assert.Equal(DhtError.PeerConnectionFailed, e.Error);
        Assert.Empty(_network.Sent);
    }

    [Fact]
    public async Task Run_KnownNodes_AreTriedAtOnceAndNotAgain()
    {
        Task<ServerAnswer> search = RunAsync("3.3.3.3:3");
        var known = await _network.NextAsync();
        Assert.Equal(UdpEndPoint.Parse("3.3.3.3:3"), known.Through);
        _network.Find("3.3.3.3:3");
        _network.Find("4.4.4.4:4");

        Assert.Equal(UdpEndPoint.Parse("4.4.4.4:4"), (await _network.NextAsync()).Through);
        Answer(known);
        await search.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Run_KnownNodesFailAndNobodyElseKnows_IsPeerNotFound()
    {
        Task<ServerAnswer> search = RunAsync("3.3.3.3:3");
        Fail(await _network.NextAsync());
        _network.FinishQuery();

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => search.WaitAsync(Deadline));
        Assert.Equal(DhtError.PeerNotFound, e.Error);
    }

    [Fact]
    public async Task Run_Cancelled_StopsTheQueryAndTheHandshakes()
    {
        Task<ServerAnswer> search = RunAsync();
        _network.Find("1.1.1.1:1");
        await _network.NextAsync();

        await _stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search.WaitAsync(Deadline));
        Assert.Equal(0, _network.UnderWay);
        Assert.False(_network.IsQueryRunning);
    }

    private Task<ServerAnswer> RunAsync(params string[] known)
    {
        var search = new HandshakeSearch(
            _network, default, () => new ClientHandshake(CreateHandshake(), new NoisePayload()));
        return search.RunAsync([.. known.Select(UdpEndPoint.Parse)], _stopping.Token);
    }

    private INoiseHandshake CreateHandshake() =>
        _foreign is null
            ? new KeyPairHandshake(_client, _server.PublicKey, new SecretStreamOptions())
            : new ForeignHandshake(_foreign.BeginHandshake(), true, _foreign.PublicKey, _server.PublicKey);

    private void Answer((UdpEndPoint Through, TaskCompletionSource<HandshakeReply> Reply) asked)
    {
        using var noise = new NoiseHandshake(
            NoisePattern.IK, isInitiator: false, _server, null, HyperNamespace.PeerHandshake.Span);
        noise.ReadMessage(_network.Sent[^1]);
        var payload = new NoisePayload { Udx = new UdxInfo(42, 0, false) };
        asked.Reply.SetResult(Reply(asked.Through, noise.WriteMessage(payload.Encode())));
    }

    private static HandshakeReply Reply(UdpEndPoint through, byte[] noise) =>
        new(noise, through, IsRelayed: true, through, through);

    private static void Fail((UdpEndPoint Through, TaskCompletionSource<HandshakeReply> Reply) asked) =>
        asked.Reply.SetException(new DhtException(DhtError.RequestTimeout));
}
