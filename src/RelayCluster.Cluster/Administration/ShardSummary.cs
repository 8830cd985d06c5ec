namespace RelayCluster.Cluster.Administration;

/// <summary>A node's share of a region's keys.</summary>
/// <param name="Region">The region: sessions that are placed by it, or topics that are looked up.</param>
/// <param name="Weight">The node's weight beside the others; 0 takes none.</param>
public sealed record ShardSummary(string Region, int Weight);
