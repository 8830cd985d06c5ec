using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Connections.Sockets;
using RelayCluster.Cluster.Local;

namespace RelayCluster.Cluster.Tests.Scenes;

/// <summary>Two nodes, a and b, that open connections to each other; b has a handler for the purpose "test".</summary>
internal sealed class ConnectedNodes : IAsyncDisposable
{
    public const string Purpose = "test";

    private readonly LocalHub _hub;
    private readonly List<LocalFabric> _fabrics = [];
    private readonly NodeCertificates _certificates = new();

    private ConnectedNodes(LineKind kind, NodeConnectionHandler handler)
    {
        _hub = new LocalHub(Clock);
        A = Create("a", kind);
        B = Create("b", kind);
        B.Handle(Purpose, handler);
    }

    public VirtualClock Clock { get; } = new();

    public NodeConnections A { get; }

    public NodeConnections B { get; }

    public static async Task<ConnectedNodes> StartAsync(LineKind kind, NodeConnectionHandler handler)
    {
        var nodes = new ConnectedNodes(kind, handler);
        foreach (LocalFabric fabric in nodes._fabrics)
        {
            await fabric.StartAsync(CancellationToken.None);
        }

        await nodes.A.StartAsync(CancellationToken.None);
        await nodes.B.StartAsync(CancellationToken.None);
        return nodes;
    }

    public Task<NodeConnection> OpenAsync(byte[]? data = null, string purpose = Purpose, string node = "b") =>
        A.OpenAsync(node, purpose, data ?? [], CancellationToken.None).WithDeadline();

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync().WithDeadline();
        await B.DisposeAsync().WithDeadline();
        foreach (LocalFabric fabric in _fabrics)
        {
            await fabric.DisposeAsync();
        }

        _certificates.Dispose();
    }

    private NodeConnections Create(string name, LineKind kind)
    {
        var fabric = new LocalFabric(name, _hub, NullLoggerFactory.Instance);
        _fabrics.Add(fabric);
        var options = new NodeConnectionOptions { Tls = kind == LineKind.Tls ? _certificates.Sign(name) : null };
        INodeTransport transport = kind == LineKind.InProcess
            ? _hub.Lines.Join(name)
            : new SocketTransport(options, Clock);
        return new NodeConnections(fabric, transport, options, Clock, NullLoggerFactory.Instance);
    }
}
