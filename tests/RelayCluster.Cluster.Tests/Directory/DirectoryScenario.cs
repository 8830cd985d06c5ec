using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Connections.InProcess;
using RelayCluster.Cluster.Local;

namespace RelayCluster.Cluster.Tests.Directory;

/// <summary>Nodes in one process, on virtual time.</summary>
internal sealed class DirectoryScenario : IAsyncDisposable
{
    private readonly List<DirectoryNode> _nodes = [];

    public DirectoryScenario() => Hub = new LocalHub(Clock);

    public VirtualClock Clock { get; } = new();

    public LocalHub Hub { get; }

    public InProcessLines Lines { get; } = new();

    public async Task<DirectoryNode> StartAsync(string name)
    {
        var node = new DirectoryNode(this, name);
        _nodes.Add(node);
        await node.StartAsync();
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DirectoryNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
