using System.Net;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Links;
using RelayCluster.Dht.Tests.Foreign;
using RelayCluster.Dht.Tests.Hyper.Serving;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Links;

/// <summary>Two nodes in two networks that know nothing of each other, and a link between them.</summary>
public sealed class LinkConnectTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly KeyPair _clientKey = KeyPair.Generate();
    private readonly KeyPair _serverKey = KeyPair.Generate();
    private DhtNode _near = null!;
    private DhtNode _far = null!;

    public async Task InitializeAsync()
    {
        _near = await StartAsync();
        _far = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
        _clientKey.Dispose();
        _serverKey.Dispose();
    }

    [Fact]
    public async Task Connect_BothSidesAgree_AndTalk()
    {
        await using IDhtServer server = await ListenAsync(new DhtServerOptions());

        await using DhtStream ours = await ConnectAsync(server);
        await using DhtStream theirs = await AcceptAsync(server);

        Assert.True(ours.IsInitiator);
        Assert.False(theirs.IsInitiator);
        Assert.Equal(_clientKey.PublicKey, ours.PublicKey);
        Assert.Equal(_clientKey.PublicKey, theirs.RemotePublicKey);
        Assert.Equal(_serverKey.PublicKey, ours.RemotePublicKey);
        Assert.Equal(64, ours.HandshakeHash.Length);
        Assert.Equal(ours.HandshakeHash.ToArray(), theirs.HandshakeHash.ToArray());
        byte[] large = new byte[3_000_000];
        Random.Shared.NextBytes(large);
        Task writing = ours.WriteMessageAsync(large).AsTask();
        Assert.Equal(large, await ReadAsync(theirs.ReadMessageAsync()));
        await writing.WaitAsync(Deadline);
        await ours.EndAsync();
        Assert.Null(await theirs.ReadMessageAsync().AsTask().WaitAsync(Deadline));
        await theirs.WriteMessageAsync("still open"u8.ToArray());
        await theirs.EndAsync();
        Assert.Equal("still open"u8.ToArray(), await ReadAsync(ours.ReadMessageAsync()));
        Assert.Null(await ours.ReadMessageAsync().AsTask().WaitAsync(Deadline));
        await Task.WhenAll(ours.Completion, theirs.Completion).WaitAsync(Deadline);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Connect_KeysAreElsewhere_OnEitherSide(bool isClientForeign, bool isServerForeign)
    {
        using var caller = new KeyKeeper(_clientKey, _serverKey.PublicKey);
        using var keeper = new KeyKeeper(_serverKey);
        await using IDhtServer server = isServerForeign
            ? await _far.ListenAsync(keeper, keeper)
            : await ListenAsync(new DhtServerOptions());
        DhtLink link = Open(server);

        await using DhtStream near = (isClientForeign
            ? await _near.ConnectAsync(link, _serverKey.PublicKey, caller)
            : await _near.ConnectAsync(link, _serverKey.PublicKey, Options))!;
        await using DhtStream far = await AcceptAsync(server);

        Assert.Equal(_clientKey.PublicKey, far.RemotePublicKey);
        Assert.Equal(_serverKey.PublicKey, near.RemotePublicKey);
        await using SecretStream? nearKept = isClientForeign ? Keepers(near).Start(near) : null;
        await using SecretStream? farKept = isServerForeign ? Keepers(far).Start(far) : null;
        Assert.Equal(
            (nearKept?.HandshakeHash ?? near.HandshakeHash).ToArray(),
            (farKept?.HandshakeHash ?? far.HandshakeHash).ToArray());
        await (nearKept?.WriteMessageAsync("hello"u8.ToArray()) ?? near.WriteMessageAsync("hello"u8.ToArray()));
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(farKept?.ReadMessageAsync() ?? far.ReadMessageAsync()));
        await (farKept?.WriteMessageAsync("you too"u8.ToArray()) ?? far.WriteMessageAsync("you too"u8.ToArray()));
        Assert.Equal("you too"u8.ToArray(), await ReadAsync(nearKept?.ReadMessageAsync() ?? near.ReadMessageAsync()));
    }

    [Fact]
    public async Task Firewall_IsAskedOnce_WithTheKeyAndAPayloadThatItCanRead()
    {
        List<DhtClient> asked = [];
        await using IDhtServer server = await ListenAsync(new DhtServerOptions
        {
            Admit = (client, _) =>
            {
                asked.Add(client);
                return ValueTask.FromResult(true);
            },
        });

        await using DhtStream stream = await ConnectAsync(server);

        DhtClient client = Assert.Single(asked);
        Assert.Equal(_clientKey.PublicKey, client.PublicKey);
        Assert.Equal(IPAddress.Loopback, client.Address.Address);
        NoisePayload payload = NoisePayload.Decode(client.NoisePayload.Span);
        Assert.NotEqual(0UL, payload.Udx!.Id);
        Assert.Equal(1u, payload.SecretStreamVersion);
        Assert.NotEmpty(client.EncodeNoisePayload5());
    }

    [Fact]
    public async Task Firewall_SaysNo_IsTheSameErrorAsThroughTheDht()
    {
        await using IDhtServer server = await ListenAsync(
            new DhtServerOptions { Admit = (_, _) => ValueTask.FromResult(false) });

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => ConnectAsync(server));

        Assert.Equal("PEER_CONNECTION_FAILED: Could not connect to peer", e.Message);
    }

    [Fact]
    public async Task Firewall_TheKeeperLetsNobodyIn_IsThatErrorToo()
    {
        using var keeper = new KeyKeeper(_serverKey) { ReadFailure = new ProtocolException("not you") };
        await using IDhtServer server = await _far.ListenAsync(keeper, keeper);

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => ConnectAsync(server));

        Assert.Equal(DhtError.PeerConnectionFailed, e.Error);
        Assert.Equal(1, keeper.Reads);
    }

    [Fact]
    public async Task Firewall_TheClientLeavesMeanwhile_TheQuestionIsTakenBack()
    {
        var asked = new TaskCompletionSource<CancellationToken>();
        await using IDhtServer server = await ListenAsync(new DhtServerOptions
        {
            Admit = async (_, stopping) =>
            {
                asked.SetResult(stopping);
                await Task.Delay(Timeout.Infinite, stopping);
                return true;
            },
        });
        using var leaving = new CancellationTokenSource();
        Task connecting = _near.ConnectAsync(Open(server), server.PublicKey, Options, leaving.Token).AsTask();
        CancellationToken stopping = await asked.Task.WaitAsync(Deadline);
        var takenBack = new TaskCompletionSource();
        stopping.Register(takenBack.SetResult);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Deadline));
        await takenBack.Task.WaitAsync(Deadline);
    }

    [Fact]
    public async Task ServerClosesMeanwhile_TheLinkIsOfNoUse()
    {
        var asked = new TaskCompletionSource();
        await using IDhtServer server = await ListenAsync(new DhtServerOptions
        {
            Admit = async (_, stopping) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, stopping);
                return true;
            },
        });
        Task<DhtStream?> connecting = _near.ConnectAsync(Open(server), server.PublicKey, Options).AsTask();
        await asked.Task.WaitAsync(Deadline);

        await server.CloseAsync().AsTask().WaitAsync(Deadline);

        Assert.Null(await connecting.WaitAsync(Deadline));
        (_, DhtLink link) = DhtLink.CreatePair();
        Assert.False(((ILinkServer)server).TryAccept(link));
    }

    [Fact]
    public async Task AnotherServerAnswers_TheLinkIsOfNoUse()
    {
        using KeyPair other = KeyPair.Generate();
        await using IDhtServer server = await ListenAsync(new DhtServerOptions());

        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => _near.ConnectAsync(Open(server), other.PublicKey, Options).AsTask().WaitAsync(Deadline));

        // it cannot read what is meant for somebody else, as through the DHT, and so lets nobody in
        Assert.Equal(DhtError.PeerConnectionFailed, e.Error);
    }

    [Fact]
    public async Task Backlog_IsFull_TakesNoLink()
    {
        await using IDhtServer server = await ListenAsync(new DhtServerOptions { Backlog = 1 });
        await using DhtStream waiting = await ConnectAsync(server);

        Assert.False(((ILinkServer)server).TryAccept(DhtLink.CreatePair().Server));

        await using DhtStream taken = await AcceptAsync(server);
        await using DhtStream next = await ConnectAsync(server);
    }

    [Fact]
    public async Task Handshakes_AreBounded()
    {
        var letting = new TaskCompletionSource<bool>();
        await using IDhtServer server = await ListenAsync(new DhtServerOptions
        {
            MaxPendingHandshakes = 1,
            Admit = async (_, stopping) => await letting.Task.WaitAsync(stopping),
        });
        Task<DhtStream?> connecting = _near.ConnectAsync(Open(server), server.PublicKey, Options).AsTask();

        Assert.False(((ILinkServer)server).TryAccept(DhtLink.CreatePair().Server));

        letting.SetResult(true);
        await using DhtStream? stream = await connecting.WaitAsync(Deadline);
        Assert.NotNull(stream);
    }

    [Fact]
    public async Task Budgets_GetTheirSharesBack()
    {
        var ofClient = new CountingBudget();
        var ofServer = new CountingBudget();
        await using IDhtServer server = await ListenAsync(new DhtServerOptions { Buffers = ofServer });
        var options = new DhtConnectOptions { KeyPair = _clientKey, Buffers = ofClient };
        DhtStream? ours = await _near.ConnectAsync(Open(server), server.PublicKey, options);
        DhtStream theirs = await AcceptAsync(server);
        Assert.Equal((1, 1), (ofClient.Taken, ofServer.Taken));

        await ours!.DisposeAsync();

        await ofClient.WhenAllGivenBack.WaitAsync(Deadline);
        await ofServer.WhenAllGivenBack.WaitAsync(Deadline);
        await theirs.DisposeAsync();
    }

    [Fact]
    public async Task NodeDisposed_ItsConnectionsEnd_AndTheOthersAreReset()
    {
        await using IDhtServer server = await ListenAsync(new DhtServerOptions());
        await using DhtStream ours = await ConnectAsync(server);
        await using DhtStream theirs = await AcceptAsync(server);
        Task<PooledBuffer?> reading = ours.ReadMessageAsync().AsTask();

        await _far.DisposeAsync();

        DhtException there = await Assert.ThrowsAsync<DhtException>(() => theirs.Completion.WaitAsync(Deadline));
        Assert.Equal(DhtError.NodeDestroyed, there.Error);
        DhtException here = await Assert.ThrowsAsync<DhtException>(() => reading.WaitAsync(Deadline));
        Assert.Equal(DhtError.StreamReset, here.Error);
        (DhtLink link, _) = DhtLink.CreatePair();
        await Assert.ThrowsAsync<DhtException>(() => _far.ConnectAsync(link, server.PublicKey).AsTask());
    }

    private static Task<DhtNode> StartAsync() =>
        DhtNode.StartAsync(new DhtNodeOptions { Bootstrap = [], Host = IPAddress.Loopback }).WaitAsync(Deadline);

    private static DhtLink Open(IDhtServer server)
    {
        (DhtLink client, DhtLink other) = DhtLink.CreatePair();
        Assert.True(((ILinkServer)server).TryAccept(other));
        return client;
    }

    private static KeptHandshake Keepers(DhtStream raw) => (KeptHandshake)((IForeignStream)raw).Handshake;

    private static async Task<byte[]> ReadAsync(ValueTask<PooledBuffer?> reading)
    {
        using PooledBuffer message = (await reading.AsTask().WaitAsync(Deadline))!.Value;
        return message.Memory.ToArray();
    }

    private static async Task<DhtStream> AcceptAsync(IDhtServer server) =>
        (await server.AcceptAsync().AsTask().WaitAsync(Deadline))!;

    private DhtConnectOptions Options => new() { KeyPair = _clientKey };

    private Task<IDhtServer> ListenAsync(DhtServerOptions options) =>
        _far.ListenAsync(_serverKey, options).AsTask().WaitAsync(Deadline);

    private async Task<DhtStream> ConnectAsync(IDhtServer server) =>
        (await _near.ConnectAsync(Open(server), server.PublicKey, Options).AsTask().WaitAsync(Deadline))!;
}
