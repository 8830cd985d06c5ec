namespace RelayCluster.Cluster.Membership;

/// <summary>A node of the fleet as another one sees it.</summary>
/// <param name="Status">The last that it told.</param>
/// <param name="State">How it stands: what it told, or down.</param>
/// <param name="LastHeard">When it told that.</param>
/// <param name="IsSelf">Whether it is the one that looks.</param>
public sealed record Member(NodeStatus Status, MemberState State, DateTimeOffset LastHeard, bool IsSelf)
{
    /// <summary>Its name, unique in the fleet.</summary>
    public string Name => Status.Name;
}
