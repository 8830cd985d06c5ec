using RelayCluster.Cluster.Membership;

namespace RelayCluster.Cluster.Administration;

/// <summary>How a node stands after an order.</summary>
/// <param name="Node">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="Sessions">How many sessions it has.</param>
/// <param name="Timeout">When draining: how long they may live.</param>
public sealed record NodeReply(string Node, MemberState State, int Sessions, TimeSpan? Timeout);
