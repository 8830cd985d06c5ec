using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Dht;

namespace RelayCluster.Client.Tests.Sessions;

/// <summary>A client whose connection to our relay is cut, and that comes back.</summary>
public sealed class ReturnTests(RelayScene scene) : IClassFixture<RelayScene>
{
    [Theory]
    [MemberData(nameof(Custodies.OfOne), MemberType = typeof(Custodies))]
    public async Task ItsServer_IsFoundAgainUnderItsKey(bool custodial)
    {
        await using RelayedDht node = await scene.ConnectAsync(new RelayedDhtOptions
        {
            Custodial = custodial,
            Reconnect = true,
            ReconnectDelay = TimeSpan.FromMilliseconds(20),
        });
        await using IDhtServer server = await node.ListenAsync().Within();
        for (int i = 0; i < 3; i++)
        {
            await using DhtStream near = await ConnectAsync(server);
            await using DhtStream accepted = await server.AcceptOneAsync();
            await near.WriteMessageAsync("hello"u8.ToArray());
            Assert.Equal("hello"u8.ToArray(), await accepted.ReadAsync());

            scene.Cut();
            DhtException failure = await Assert.ThrowsAsync<DhtException>(accepted.ReadAsync);
            Assert.Equal(DhtError.RelayLost, failure.Error);
            await Assert.ThrowsAsync<DhtException>(near.ReadAsync);
        }
    }

    /// <summary>A peer tries until the server is back.</summary>
    private async Task<DhtStream> ConnectAsync(IDhtServer server)
    {
        using var deadline = new CancellationTokenSource(Deadlines.Patience);
        while (true)
        {
            try
            {
                return await scene.Peer.ConnectAsync(server.PublicKey, null, deadline.Token);
            }
            catch (DhtException)
            {
                // not yet
            }
        }
    }
}
