namespace RelayCluster.Cluster.Administration;

/// <summary>Has a node take no more sessions.</summary>
/// <param name="Timeout">How long those that it has may live; null: as the node is set up.</param>
internal sealed record DrainOrder(TimeSpan? Timeout);
