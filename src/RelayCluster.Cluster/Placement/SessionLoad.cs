namespace RelayCluster.Cluster.Placement;

/// <summary>What a node has to do.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Sessions">How many sessions it has, those that are on their way included.</param>
/// <param name="Capacity">How many it can take; more than 0.</param>
internal readonly record struct SessionLoad(string Node, int Sessions, int Capacity)
{
    /// <summary>How full it is; 1 is full.</summary>
    public double Share => (double)Sessions / Capacity;

    /// <summary>Whether it can take another one.</summary>
    public bool HasRoom => Sessions < Capacity;
}
