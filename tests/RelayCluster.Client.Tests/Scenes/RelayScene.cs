using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Dht.Hyper;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>A private DHT, a relay on it, a direct peer, and clients of the relay: all in this process.</summary>
public sealed class RelayScene : IAsyncLifetime
{
    private readonly List<Task> _sessions = [];
    private Testnet _testnet = null!;
    private DhtNode _relayNode = null!;
    private MemoryTransport? _last;

    /// <summary>A node of the same DHT that needs no relay.</summary>
    internal DhtNode Peer { get; private set; } = null!;

    internal RelayServer Relay { get; private set; } = null!;

    internal IReadOnlyList<BootstrapNode> Bootstrap => _testnet.Bootstrap;

    public async Task InitializeAsync()
    {
        _testnet = await Testnet.StartAsync(3);
        _relayNode = await _testnet.CreateNodeAsync();
        Peer = await _testnet.CreateNodeAsync();
        Relay = new RelayServer(_relayNode, new RelayOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    }

    public async Task DisposeAsync()
    {
        await Relay.DisposeAsync();
        await Task.WhenAll(_sessions);
        await Peer.DisposeAsync();
        await _relayNode.DisposeAsync();
        await _testnet.DisposeAsync();
    }

    /// <summary>A client of the relay over a transport in memory.</summary>
    internal Task<RelayedDht> ConnectAsync(RelayedDhtOptions? options = null) =>
        RelayedDht.StartAsync(DialAsync, options).AsTask().Within();

    /// <summary>A connection to the relay.</summary>
    internal ValueTask<IMessageTransport> DialAsync(CancellationToken cancellationToken)
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        _ = Serve(relay);
        _last = client;
        return ValueTask.FromResult<IMessageTransport>(client);
    }

    /// <summary>The relay serves a client; over when the session is, for which the scene waits in any case.</summary>
    internal Task Serve(IMessageTransport transport)
    {
        Task session = Relay.ServeAsync(transport);
        lock (_sessions)
        {
            _sessions.Add(session);
        }

        return session;
    }

    /// <summary>Cuts the connection that was made last.</summary>
    internal void Cut() => _last!.Abort();
}
