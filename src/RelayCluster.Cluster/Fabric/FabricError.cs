namespace RelayCluster.Cluster.Fabric;

/// <summary>Why an ask or a start failed.</summary>
public enum FabricError
{
    /// <summary>The engine cannot be had.</summary>
    Unreachable,

    /// <summary>There is no such node, or nobody owns keys of the region.</summary>
    NoSuchNode,

    /// <summary>The node that answered went away before it was done.</summary>
    NodeGone,

    /// <summary>Nothing was heard of the node for too long.</summary>
    TimedOut,

    /// <summary>The node does not do that, or not now.</summary>
    Refused,

    /// <summary>The node failed at it.</summary>
    Failed,

    /// <summary>Another node of the fleet has our name.</summary>
    NameTaken,
}
