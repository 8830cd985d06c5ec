using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Client.Tests.Sessions;

public sealed class LossTests
{
    private readonly KeyPair _remote = KeyPair.Generate();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheRelayGoes_AllUnderWayFails(bool inOrder)
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await ScriptedRelay.StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        Task<DhtStream> connecting = node.ConnectAsync(_remote.PublicKey).AsTask();
        await session.OpenAsync(1);
        await using DhtStream stream = await connecting.Within();
        Task<DhtStream> dialling = node.ConnectAsync(_remote.PublicKey).AsTask();
        await session.ReadAsync<ConnectMessage>();
        Task<IDhtServer> starting = node.ListenAsync().AsTask();
        await session.ListenAsync(2);
        await using IDhtServer server = await starting.Within();
        Task<DhtStream?> accepting = server.AcceptAsync().AsTask();
        using KeyPair other = KeyPair.Generate();
        Task<IDhtServer> listening = node.ListenAsync(other).AsTask();
        await session.ReadAsync<ListenMessage>();
        await using IAsyncEnumerator<LookupReply> query = node.LookupAsync(_remote.PublicKey).GetAsyncEnumerator();
        Task<bool> looking = query.MoveNextAsync().AsTask();
        await session.ReadAsync<LookupMessage>();
        Task reading = stream.ReadMessageAsync().AsTask();

        if (inOrder)
        {
            await session.CloseAsync();
        }
        else
        {
            session.Abort();
        }

        foreach (Task underWay in (Task[])[reading, dialling, accepting, listening, looking, stream.Completion])
        {
            DhtException failure = await Assert.ThrowsAsync<DhtException>(underWay.Within);
            Assert.Equal(DhtError.RelayLost, failure.Error);
        }

        await Assert.ThrowsAsync<DhtException>(() => stream.WriteMessageAsync(new byte[1]).Within());
        DhtException later = await Assert.ThrowsAsync<DhtException>(() => node.ConnectAsync(_remote.PublicKey).Within());
        Assert.Equal(DhtError.RelayLost, later.Error);
        Assert.Equal(RelayedDhtState.Lost, node.State);
    }

    [Fact]
    public async Task TheNodeIsDisposed_AllUnderWayFailsAndServersAreClosedFirst()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await ScriptedRelay.StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        Task<IDhtServer> starting = node.ListenAsync().AsTask();
        ListenMessage listen = await session.ListenAsync(2);
        await using IDhtServer server = await starting.Within();
        Task<DhtStream> dialling = node.ConnectAsync(_remote.PublicKey).AsTask();
        await session.ReadAsync<ConnectMessage>();

        Task disposing = node.DisposeAsync().AsTask();
        Assert.Equal(listen.Alias, (await session.ReadAsync<CloseMessage>()).Alias);
        await session.SendAsync(new ClosedMessage(2));
        await disposing.Within();
        await session.AssertClosedAsync();
        DhtException failure = await Assert.ThrowsAsync<DhtException>(dialling.Within);
        Assert.Equal(DhtError.NodeDestroyed, failure.Error);
        Assert.Null(await server.AcceptAsync().Within());
        failure = await Assert.ThrowsAsync<DhtException>(() => node.ConnectAsync(_remote.PublicKey).Within());
        Assert.Equal(DhtError.NodeDestroyed, failure.Error);
        Assert.Equal(RelayedDhtState.Disposed, node.State);
        Assert.All(node.DefaultKeyPair.SecretKey.ToArray(), static b => Assert.Equal(0, b));
    }
}
