using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;

namespace RelayCluster.Client.Tests.Streams;

public sealed class ConnectTests(RelayScene scene) : IClassFixture<RelayScene>
{
    [Theory]
    [MemberData(nameof(Custodies.OfOne), MemberType = typeof(Custodies))]
    public async Task Connect_DirectPeer_MessagesGoBothWaysAndBothSidesEnd(bool custodial)
    {
        await using RelayedDht node = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = custodial });
        using KeyPair serverKeys = KeyPair.Generate();
        await using IDhtServer server = await scene.Peer.ListenAsync(serverKeys).Within();

        await using DhtStream stream = await node.ConnectAsync(serverKeys.PublicKey).Within();
        await using DhtStream far = await server.AcceptOneAsync();
        Assert.Equal(node.DefaultKeyPair.PublicKey, far.RemotePublicKey);
        Assert.Equal(serverKeys.PublicKey, stream.RemotePublicKey);
        Assert.Equal(far.HandshakeHash.ToArray(), stream.HandshakeHash.ToArray());
        Assert.True(stream.IsInitiator);

        await stream.WriteMessageAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await far.ReadAsync());
        await far.WriteMessageAsync("you too"u8.ToArray());
        Assert.Equal("you too"u8.ToArray(), await stream.ReadAsync());

        await stream.EndAsync();
        Assert.Null(await far.ReadAsync());
        await far.WriteMessageAsync("still here"u8.ToArray());
        await far.EndAsync();
        Assert.Equal("still here"u8.ToArray(), await stream.ReadAsync());
        Assert.Null(await stream.ReadAsync());
        await stream.Completion.Within();
    }

    [Theory]
    [MemberData(nameof(Custodies.OfOne), MemberType = typeof(Custodies))]
    public async Task Connect_KeyNobodyHas_IsThePeerNotFoundOfTheReference(bool custodial)
    {
        await using RelayedDht node = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = custodial });
        using KeyPair nobody = KeyPair.Generate();
        DhtException failure =
            await Assert.ThrowsAsync<DhtException>(() => node.ConnectAsync(nobody.PublicKey).Within());
        Assert.Equal((DhtError.PeerNotFound, "PEER_NOT_FOUND: Peer not found"), (failure.Error, failure.Message));
    }
}
