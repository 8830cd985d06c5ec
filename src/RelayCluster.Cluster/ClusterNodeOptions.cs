using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Placement;
using RelayCluster.Relay.Lookups;

namespace RelayCluster.Cluster;

/// <summary>What a node of a fleet is told by its owner.</summary>
public sealed class ClusterNodeOptions
{
    /// <summary>The version of the program, shown to the fleet.</summary>
    public string Version { get; init; } = "";

    /// <summary>
    /// Where the other nodes connect to this one. Nodes of one process that share a <see cref="Local.LocalHub"/> need
    /// no port for that, and have none.
    /// </summary>
    public NodeConnectionOptions Connections { get; init; } = new();

    /// <summary>Where sessions of clients live that come to this node.</summary>
    public PlacementOptions Placement { get; init; } = new();

    /// <summary>How lookups of one topic are shared.</summary>
    public LookupOptions Lookups { get; init; } = new();

    /// <summary>
    /// Whether clients of the fleet reach each other's servers past the DHT, those of this node's own clients included.
    /// Default: yes.
    /// </summary>
    public bool Shortcut { get; init; } = true;
}
