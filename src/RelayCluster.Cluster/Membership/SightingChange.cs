namespace RelayCluster.Cluster.Membership;

/// <summary>A node is seen otherwise than before, or for the first time.</summary>
internal readonly record struct SightingChange(Sighting? Before, Sighting Now);
