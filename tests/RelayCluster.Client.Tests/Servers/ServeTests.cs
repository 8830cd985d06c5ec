using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;

namespace RelayCluster.Client.Tests.Servers;

public sealed class ServeTests(RelayScene scene) : IClassFixture<RelayScene>
{
    [Theory]
    [MemberData(nameof(Custodies.OfOne), MemberType = typeof(Custodies))]
    public async Task Listen_IsFoundByADirectPeer_UntilItIsClosed(bool custodial)
    {
        await using RelayedDht node = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = custodial });
        using KeyPair keyPair = KeyPair.Generate();
        IDhtServer server = await node.ListenAsync(keyPair).Within();
        Assert.Equal(keyPair.PublicKey, server.PublicKey);
        Assert.NotNull(server.Address.EndPoint);

        await using DhtStream near = await scene.Peer.ConnectAsync(keyPair.PublicKey).Within();
        await using DhtStream accepted = await server.AcceptOneAsync();
        Assert.Equal(scene.Peer.DefaultKeyPair.PublicKey, accepted.RemotePublicKey);
        Assert.Equal(keyPair.PublicKey, accepted.PublicKey);
        Assert.Equal(near.HandshakeHash.ToArray(), accepted.HandshakeHash.ToArray());
        Assert.False(accepted.IsInitiator);
        await near.WriteMessageAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), await accepted.ReadAsync());
        await accepted.WriteMessageAsync("pong"u8.ToArray());
        Assert.Equal("pong"u8.ToArray(), await near.ReadAsync());

        await server.CloseAsync().Within();
        Assert.Null(await server.AcceptAsync().Within());
        DhtException failure =
            await Assert.ThrowsAsync<DhtException>(() => scene.Peer.ConnectAsync(keyPair.PublicKey).Within());
        Assert.Equal(DhtError.PeerNotFound, failure.Error);

        // streams outlive their server
        await accepted.WriteMessageAsync("still here"u8.ToArray());
        Assert.Equal("still here"u8.ToArray(), await near.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(Custodies.OfTwo), MemberType = typeof(Custodies))]
    public async Task Listen_IsFoundByAnotherClientOfTheRelay(bool serverIsCustodial, bool clientIsCustodial)
    {
        await using RelayedDht near = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = clientIsCustodial });
        await using RelayedDht far = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = serverIsCustodial });
        await using IDhtServer server = await far.ListenAsync().Within();
        await using DhtStream stream = await near.ConnectAsync(far.DefaultKeyPair.PublicKey).Within();
        await using DhtStream accepted = await server.AcceptOneAsync();
        await stream.WriteMessageAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await accepted.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(Custodies.OfOne), MemberType = typeof(Custodies))]
    public async Task Listen_FirewallSeesTheKeyAndThePayload_AndLetsInWhomItWill(bool custodial)
    {
        await using RelayedDht node = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = custodial });
        using KeyPair keyPair = KeyPair.Generate();
        using KeyPair friend = KeyPair.Generate();
        var asked = new List<DhtClient>();
        var options = new DhtServerOptions
        {
            Admit = (client, _) =>
            {
                lock (asked)
                {
                    asked.Add(client);
                }

                return client.PublicKey == friend.PublicKey
                    ? ValueTask.FromResult(true)
                    : throw new InvalidOperationException("the hook fails");
            },
        };
        await using IDhtServer server = await node.ListenAsync(keyPair, options).Within();
        var asFriend = new DhtConnectOptions { KeyPair = friend };
        await using DhtStream stream = await scene.Peer.ConnectAsync(keyPair.PublicKey, asFriend).Within();
        await using DhtStream accepted = await server.AcceptOneAsync();
        Assert.Equal(friend.PublicKey, accepted.RemotePublicKey);

        DhtException failure =
            await Assert.ThrowsAsync<DhtException>(() => scene.Peer.ConnectAsync(keyPair.PublicKey).Within());
        Assert.Equal(DhtError.PeerConnectionFailed, failure.Error);
        Assert.Contains(asked, client => client.PublicKey == scene.Peer.DefaultKeyPair.PublicKey);
        Assert.All(asked, static client => Assert.NotEmpty(client.EncodeNoisePayload5()));
    }

    [Fact]
    public async Task Listen_TwiceOnAKey_IsRefusedHere()
    {
        await using RelayedDht node = await scene.ConnectAsync();
        await using IDhtServer server = await node.ListenAsync().Within();
        DhtException failure = await Assert.ThrowsAsync<DhtException>(() => node.ListenAsync().Within());
        Assert.Equal(DhtError.KeyPairAlreadyUsed, failure.Error);
    }

    [Fact]
    public async Task Listen_OnAKeyThatAnotherClientHas_IsRefusedByTheRelay()
    {
        using KeyPair keyPair = KeyPair.Generate();
        await using RelayedDht first = await scene.ConnectAsync();
        await using RelayedDht second = await scene.ConnectAsync();
        await using IDhtServer server = await first.ListenAsync(keyPair).Within();
        DhtException failure = await Assert.ThrowsAsync<DhtException>(() => second.ListenAsync(keyPair).Within());
        Assert.Equal(DhtError.ListenRefused, failure.Error);

        // and is free for the next attempt
        await server.CloseAsync().Within();
        await using IDhtServer again = await second.ListenAsync(keyPair).Within();
        Assert.Equal(keyPair.PublicKey, again.PublicKey);
    }
}
