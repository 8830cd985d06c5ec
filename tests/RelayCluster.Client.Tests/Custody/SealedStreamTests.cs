using System.Net;
using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Hyper;

namespace RelayCluster.Client.Tests.Custody;

/// <summary>Noncustodial streams, between a client, our relay and a direct peer.</summary>
public sealed class SealedStreamTests(RelayScene scene) : IClassFixture<RelayScene>
{
    [Fact]
    public async Task KeepAlivesOfThePeer_AreNoMessages()
    {
        await using DhtNode peer = await DhtNode.StartAsync(new DhtNodeOptions
        {
            Bootstrap = scene.Bootstrap,
            Host = IPAddress.Loopback,
            ConnectionKeepAlive = TimeSpan.FromMilliseconds(1),
        });
        await using IDhtServer server = await peer.ListenAsync().Within();
        await using RelayedDht node = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = false });
        await using DhtStream stream = await node.ConnectAsync(peer.DefaultKeyPair.PublicKey).Within();
        await using DhtStream far = await server.AcceptOneAsync();
        for (byte i = 1; i < 50; i++)
        {
            await stream.WriteMessageAsync(new byte[] { i });
            Assert.Equal(new byte[] { i }, await far.ReadAsync());
            await far.WriteMessageAsync(new byte[] { i });
            Assert.Equal(new byte[] { i }, await stream.ReadAsync());
        }
    }

    [Fact]
    public async Task Destroy_IsSeenByThePeer_AndTheOtherWayRound()
    {
        using KeyPair keyPair = KeyPair.Generate();
        await using IDhtServer server = await scene.Peer.ListenAsync(keyPair).Within();
        await using RelayedDht node = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = false });
        await using (DhtStream stream = await node.ConnectAsync(keyPair.PublicKey).Within())
        {
            await using DhtStream far = await server.AcceptOneAsync();
            stream.Destroy();
            await Assert.ThrowsAsync<DhtException>(far.ReadAsync);
            DhtException own = await Assert.ThrowsAsync<DhtException>(stream.ReadAsync);
            Assert.Equal(DhtError.StreamReset, own.Error);
        }

        await using (DhtStream stream = await node.ConnectAsync(keyPair.PublicKey).Within())
        {
            await using DhtStream far = await server.AcceptOneAsync();
            far.Destroy();
            DhtException failure = await Assert.ThrowsAsync<DhtException>(stream.ReadAsync);
            Assert.Equal((DhtError.StreamReset, "ECONNRESET: connection reset by peer"), (failure.Error, failure.Message));
            await Assert.ThrowsAsync<DhtException>(stream.Completion.Within);
        }
    }

    [Fact]
    public async Task MuchDataBothWays_ArrivesWhole_ThoughTheReadersAreSlow()
    {
        using KeyPair keyPair = KeyPair.Generate();
        await using IDhtServer server = await scene.Peer.ListenAsync(keyPair).Within();
        var options = new RelayedDhtOptions { Custodial = false, BufferBytes = 50_000 };
        await using RelayedDht node = await scene.ConnectAsync(options);
        await using DhtStream stream = await node.ConnectAsync(keyPair.PublicKey).Within();
        await using DhtStream far = await server.AcceptOneAsync();
        long[] received = await Task.WhenAll(
            SendAsync(stream), SendAsync(far), ReceiveAsync(stream), ReceiveAsync(far)).Within();
        Assert.Equal(received[0], received[2]);
        Assert.Equal(received[0], received[3]);
        await stream.Completion.Within();
    }

    private static async Task<long> SendAsync(DhtStream stream)
    {
        var payload = new byte[70_000];
        for (int i = 0; i < 50; i++)
        {
            payload[0] = (byte)i;
            await stream.WriteMessageAsync(payload);
        }

        await stream.EndAsync();
        return 50 * payload.Length;
    }

    private static async Task<long> ReceiveAsync(DhtStream stream)
    {
        long bytes = 0;
        for (byte i = 0; await stream.ReadAsync() is { } message; i++)
        {
            Assert.Equal(i, message[0]);
            bytes += message.Length;
        }

        return bytes;
    }
}
