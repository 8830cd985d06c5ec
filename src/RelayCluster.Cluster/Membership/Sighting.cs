namespace RelayCluster.Cluster.Membership;

/// <summary>The last that was seen of a node.</summary>
/// <param name="Status">What it told.</param>
/// <param name="State">How it stands: what it told, or down.</param>
/// <param name="HeardAt">When it told that.</param>
internal sealed record Sighting(NodeStatus Status, MemberState State, TimeSpan HeardAt);
