namespace RelayCluster.Cluster.Membership;

/// <summary>How a node of the fleet stands.</summary>
public enum MemberState
{
    /// <summary>It has started and cannot serve yet.</summary>
    Joining,

    /// <summary>It serves.</summary>
    Up,

    /// <summary>It takes no new sessions and waits for its own to end.</summary>
    Draining,

    /// <summary>It has left, or is not heard of any more.</summary>
    Down,
}
