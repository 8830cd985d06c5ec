using System.Net;
using System.Text.Json.Nodes;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Interop;

/// <summary>
/// Clients of the npm package hyperdht connect to servers of ours, in a network of theirs and in one of ours.
/// </summary>
public sealed class ServeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // whose network it is; how the client stands to it; whether our node is open
    public static TheoryData<bool, string, bool> Clients => new()
    {
        { true, "{}", false },
        { false, "{}", false },
        { true, "{}", true },
        { false, "{}", true },
        { true, """{"quickFirewall": false}""", false },
        { false, """{"quickFirewall": false}""", false },
        { false, """{"quickFirewall": false}""", true },
        { true, """{"firewalled": false}""", false },
        { false, """{"ephemeral": false, "firewalled": false}""", false },
        { true, """{"host": "0.0.0.0", "quickFirewall": false}""", false },
        { false, """{"host": "0.0.0.0"}""", false },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Listen_AJavaScriptClientConnects_EchoesAndAgreesOnTheHandshake(
        bool isTheirNetwork,
        string options,
        bool isOpen)
    {
        DhtNodeOptions? ours = isOpen
            ? new DhtNodeOptions { Host = IPAddress.Loopback, Ephemeral = false, Firewalled = false }
            : null;
        await using Scene scene = await Scene.StartAsync(isTheirNetwork, JsonNode.Parse(options), ours);
        await using IDhtServer server = await scene.Node.ListenAsync().AsTask().WaitAsync(Deadline);

        JsonObject client = await ConnectAsync(scene, server);
        await using DhtStream stream = await AcceptAsync(server);
        Task<JsonObject> exchange = scene.Peer.CallAsync("exchange", new { data = "0102ff" });
        using PooledBuffer message = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
        await stream.WriteMessageAsync(message.Memory);

        Assert.Equal("0102ff", (string)(await exchange)["data"]!);
        Assert.False(stream.IsInitiator);
        Assert.Equal(server.PublicKey, stream.PublicKey);
        Assert.Equal(server.PublicKey.ToString(), (string)client["remotePublicKey"]!);
        Assert.Equal(Convert.ToHexStringLower(stream.HandshakeHash.Span), (string)client["handshakeHash"]!);
        Assert.Equal((string)client["publicKey"]!, stream.RemotePublicKey.ToString());
    }

    [Fact]
    public async Task Listen_OnAllAddresses_IsReached()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true, null, new DhtNodeOptions());
        await using IDhtServer server = await scene.Node.ListenAsync().AsTask().WaitAsync(Deadline);

        await ConnectAsync(scene, server);

        await using DhtStream stream = await AcceptAsync(server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_TenMegabytesBothWays_ArriveIntact(bool isTheirNetwork)
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork);
        await using IDhtServer server = await scene.Node.ListenAsync().AsTask().WaitAsync(Deadline);
        Task echo = Echo.RunAsync(server);
        await ConnectAsync(scene, server);

        JsonObject pumped = await scene.Peer.CallAsync("pump", new { count = 160, size = 65536 });
        await scene.Peer.CallAsync("disconnect");
        await server.CloseAsync();
        await echo.WaitAsync(Deadline);

        Assert.Equal(160, (int)pumped["received"]!);
        Assert.True((bool)pumped["intact"]!);
    }

    [Fact]
    public async Task Stream_TheClientEndsItsHalf_OursStaysOpen()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        await using IDhtServer server = await scene.Node.ListenAsync().AsTask().WaitAsync(Deadline);
        await ConnectAsync(scene, server);
        await using DhtStream stream = await AcceptAsync(server);

        Task<JsonObject> finish = scene.Peer.CallAsync("finish");
        Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
        await stream.WriteMessageAsync("late 1"u8.ToArray());
        await stream.WriteMessageAsync("late 2"u8.ToArray());
        await stream.EndAsync();

        Assert.Equal(["late 1", "late 2"], (await finish)["messages"]!.AsArray().Select(m => (string)m!));
        await stream.Completion.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Stream_TheClientDestroysIt_EndsOursWithAReason()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        await using IDhtServer server = await scene.Node.ListenAsync().AsTask().WaitAsync(Deadline);
        await ConnectAsync(scene, server);
        await using DhtStream stream = await AcceptAsync(server);

        await scene.Peer.CallAsync("destroy");

        DhtException end = await Assert.ThrowsAsync<DhtException>(() => stream.Completion.WaitAsync(Deadline));
        Assert.Equal(DhtError.StreamReset, end.Error);
    }

    [Fact]
    public async Task Stream_WeDestroyIt_ClosesTheClients()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: false);
        await using IDhtServer server = await scene.Node.ListenAsync().AsTask().WaitAsync(Deadline);
        await ConnectAsync(scene, server);
        await using DhtStream stream = await AcceptAsync(server);

        stream.Destroy();

        await scene.Peer.NextAsync("socketClose");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Admit_Denies_TheClientGetsTheReferencesError(bool throws)
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        DhtClient? seen = null;
        var options = new DhtServerOptions
        {
            Admit = (client, _) =>
            {
                seen = client;
                return throws ? throw new InvalidOperationException("no") : ValueTask.FromResult(false);
            },
        };
        await using IDhtServer server = await scene.Node.ListenAsync(null, options).AsTask().WaitAsync(Deadline);

        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ConnectAsync(scene, server));

        Assert.Equal("connect: PEER_CONNECTION_FAILED: Could not connect to peer", e.Message);
        NoisePayload payload = NoisePayload.Decode(seen!.NoisePayload.Span);
        Assert.NotNull(payload.Udx);
        Assert.NotEmpty(payload.Addresses4);
        Assert.Equal(IPAddress.Loopback, seen.Address.Address);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_TheClientFindsNobody(bool isTheirNetwork)
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork);
        IDhtServer server = await scene.Node.ListenAsync().AsTask().WaitAsync(Deadline);
        await ConnectAsync(scene, server);
        await using DhtStream stream = await AcceptAsync(server);
        await scene.Peer.CallAsync("destroy");

        await server.CloseAsync().AsTask().WaitAsync(Deadline);

        await using JavaScriptPeer other = await scene.JoinAsync();
        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(
            () => other.CallAsync("connect", new { publicKey = server.PublicKey.ToString() }));
        Assert.Equal("connect: PEER_NOT_FOUND: Peer not found", e.Message);
    }

    [Fact]
    public async Task Listen_OnTwoKeyPairsOfOneNode_EachIsReached()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        using KeyPair second = KeyPair.Generate();
        await using IDhtServer one = await scene.Node.ListenAsync().AsTask().WaitAsync(Deadline);
        await using IDhtServer two = await scene.Node.ListenAsync(second).AsTask().WaitAsync(Deadline);

        await ConnectAsync(scene, one);
        await using DhtStream first = await AcceptAsync(one);
        await ConnectAsync(scene, two);
        await using DhtStream last = await AcceptAsync(two);

        Assert.Equal(second.PublicKey, last.PublicKey);
        Assert.Equal(first.RemotePublicKey, last.RemotePublicKey);
    }

    private static Task<JsonObject> ConnectAsync(Scene scene, IDhtServer server) =>
        scene.Peer.CallAsync("connect", new { publicKey = server.PublicKey.ToString() });

    private static async Task<DhtStream> AcceptAsync(IDhtServer server) =>
        (await server.AcceptAsync().AsTask().WaitAsync(Deadline))!;
}
