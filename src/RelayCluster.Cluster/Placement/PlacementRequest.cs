namespace RelayCluster.Cluster.Placement;

/// <summary>Asks a node to take a session.</summary>
/// <param name="Client">Whose session.</param>
/// <param name="EvenShare">How full it may be for that; null if it was chosen as the emptiest.</param>
internal sealed record PlacementRequest(SessionClient Client, double? EvenShare);
