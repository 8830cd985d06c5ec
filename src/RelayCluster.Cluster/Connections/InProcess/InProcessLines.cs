using System.Collections.Concurrent;

namespace RelayCluster.Cluster.Connections.InProcess;

/// <summary>Where the nodes of one process find each other, by name.</summary>
internal sealed class InProcessLines
{
    private readonly ConcurrentDictionary<string, InProcessTransport> _transports = [];

    /// <summary>A node's transport; it can be reached from its start to its disposal.</summary>
    public InProcessTransport Join(string node) => new(this, node);

    public bool TryAdd(InProcessTransport transport) => _transports.TryAdd(transport.Address, transport);

    public void Remove(InProcessTransport transport) => _transports.TryRemove(transport.Address, out _);

    /// <summary>A node dies without a word.</summary>
    public void Cut(string node)
    {
        foreach (InProcessTransport transport in _transports.Values.Where(transport => transport.Node == node))
        {
            transport.Cut();
        }
    }

    public InProcessTransport? Find(string address) => _transports.GetValueOrDefault(address);
}
