using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>
/// A relay that says what the test says, and nothing else but pongs. Each connection of the client waits in a queue for
/// the test to take it.
/// </summary>
internal sealed class ScriptedRelay : IAsyncDisposable
{
    private readonly System.Threading.Channels.Channel<MemoryTransport> _clients =
        System.Threading.Channels.Channel.CreateUnbounded<MemoryTransport>();

    private readonly List<ScriptedSession> _sessions = [];

    /// <summary>What comes of the next attempts to connect; null: a connection.</summary>
    public Queue<Exception?> DialFailures { get; } = new();

    public int Dials { get; private set; }

    public static async Task<(ScriptedRelay Relay, ScriptedSession Session, RelayedDht Node)> StartAsync(
        RelayedDhtOptions? options = null)
    {
        var relay = new ScriptedRelay();
        RelayedDht node = await RelayedDht.StartAsync(relay.DialAsync, options).Within();
        return (relay, await relay.AcceptAsync(), node);
    }

    public ValueTask<IMessageTransport> DialAsync(CancellationToken cancellationToken)
    {
        Dials++;
        if (DialFailures.TryDequeue(out Exception? failure) && failure is not null)
        {
            throw failure;
        }

        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        Assert.True(_clients.Writer.TryWrite(relay));
        return ValueTask.FromResult<IMessageTransport>(client);
    }

    /// <summary>The client's next connection, of which the handshake was read.</summary>
    public async Task<ScriptedSession> AcceptAsync(RelayChannelOptions? options = null)
    {
        MemoryTransport transport = await _clients.Reader.ReadAsync().Within();
        RelayChannel channel = await RelayChannel.AcceptAsync(transport, options).Within()
            ?? throw new InvalidOperationException("the client went before it opened the protocol");
        var session = new ScriptedSession(channel);
        _sessions.Add(session);
        Assert.IsType<HandshakeMessage>(await session.ReadAsync());
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ScriptedSession session in _sessions)
        {
            await session.DisposeAsync();
        }
    }
}
