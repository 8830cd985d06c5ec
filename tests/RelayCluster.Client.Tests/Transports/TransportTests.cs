using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Dialects;

namespace RelayCluster.Client.Tests.Transports;

public sealed class TransportTests(RelayScene scene) : IClassFixture<RelayScene>
{
    [Theory]
    [InlineData(RelayDialect.Hyperswarm, true)]
    [InlineData(RelayDialect.Hyperswarm, false)]
    [InlineData(RelayDialect.Web4, true)]
    public async Task Tcp_InTheSecretStreamOfTheDialectsTime(RelayDialect dialect, bool custodial)
    {
        await using var door = new TcpDoor(scene);
        await AssertServesAsync(door.Address, dialect, custodial);
    }

    [Theory]
    [InlineData(RelayDialect.Hyperswarm, true)]
    [InlineData(RelayDialect.Hyperswarm, false)]
    [InlineData(RelayDialect.Web4, true)]
    public async Task WebSocket_AMessageIsAFrame(RelayDialect dialect, bool custodial)
    {
        await using WebSocketDoor door = await WebSocketDoor.OpenAsync(scene);
        await AssertServesAsync(door.Address, dialect, custodial);
    }

    [Theory]
    [InlineData("ws")]
    [InlineData("tcp")]
    public async Task NobodyThere_IsARelayLost(string scheme)
    {
        var nobody = new Uri($"{scheme}://127.0.0.1:1");
        DhtException failure = await Assert.ThrowsAsync<DhtException>(() => RelayedDht.ConnectAsync(nobody).Within());
        Assert.Equal(DhtError.RelayLost, failure.Error);
        Assert.Contains("could not be reached", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("relay")]
    public async Task AnAddressOfAnotherKind_IsTheCallersMistake(string address)
    {
        var uri = new Uri(address, UriKind.RelativeOrAbsolute);
        await Assert.ThrowsAsync<ArgumentException>(() => RelayedDht.ConnectAsync(uri).Within());
    }

    [Fact]
    public async Task Web4_Noncustodial_CannotBe()
    {
        var options = new RelayedDhtOptions { Dialect = RelayDialect.Web4, Custodial = false };
        await Assert.ThrowsAsync<NotSupportedException>(() => scene.ConnectAsync(options));
    }

    private async Task AssertServesAsync(Uri relay, RelayDialect dialect, bool custodial)
    {
        var options = new RelayedDhtOptions { Dialect = dialect, Custodial = custodial };
        await using RelayedDht node = await RelayedDht.ConnectAsync(relay, options).Within();

        // out
        using KeyPair keyPair = KeyPair.Generate();
        await using IDhtServer server = await scene.Peer.ListenAsync(keyPair).Within();
        await using DhtStream stream = await node.ConnectAsync(keyPair.PublicKey).Within();
        await using DhtStream far = await server.AcceptOneAsync();
        var large = new byte[300_000];
        Random.Shared.NextBytes(large);
        await stream.WriteMessageAsync(large);
        Assert.Equal(large, await far.ReadAsync());
        await far.WriteMessageAsync(large);
        Assert.Equal(large, await stream.ReadAsync());

        // in
        bool isAsked = false;
        var serverOptions = new DhtServerOptions
        {
            Admit = (_, _) =>
            {
                isAsked = true;
                return ValueTask.FromResult(true);
            },
        };
        await using IDhtServer own = await node.ListenAsync(null, serverOptions).Within();
        await using DhtStream near = await scene.Peer.ConnectAsync(node.DefaultKeyPair.PublicKey).Within();
        await using DhtStream accepted = await own.AcceptOneAsync();
        Assert.True(isAsked);
        await near.WriteMessageAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await accepted.ReadAsync());

        // about
        await foreach (LookupReply reply in node.AnnounceAsync(keyPair.PublicKey, keyPair))
        {
            // nobody before
        }

        var found = new List<DhtPeer>();
        await foreach (LookupReply reply in node.LookupAsync(keyPair.PublicKey))
        {
            found.AddRange(reply.Peers);
        }

        Assert.Contains(found, peer => peer.PublicKey == keyPair.PublicKey);
    }
}
