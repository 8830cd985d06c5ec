using RelayCluster.Cluster.Connections;

namespace RelayCluster.Cluster.Placement;

/// <summary>Whether a node takes a session.</summary>
/// <param name="Node">The one that answers.</param>
/// <param name="Sessions">How many sessions it has, this one included if it takes it.</param>
/// <param name="Capacity">How many it can take.</param>
/// <param name="Takes">Whether it does.</param>
/// <param name="Grant">How to get there; null if it does not take it, or asked itself.</param>
internal sealed record PlacementReply(string Node, int Sessions, int Capacity, bool Takes, ConnectionGrant? Grant);
