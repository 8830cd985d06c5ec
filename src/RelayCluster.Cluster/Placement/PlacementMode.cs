namespace RelayCluster.Cluster.Placement;

/// <summary>Where the session of a client lives that came to a node.</summary>
public enum PlacementMode
{
    /// <summary>There.</summary>
    Local,

    /// <summary>On the node that the shard region picks.</summary>
    Sharded,

    /// <summary>There, unless that node has more to do than the others; then as if sharded.</summary>
    Balanced,
}
