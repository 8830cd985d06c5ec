namespace RelayCluster.Cluster.Membership;

/// <summary>The clockwork of membership: a node that dies is seen as down within 5 s, and mostly within 2.</summary>
internal sealed record MembershipTimes
{
    /// <summary>How often a node tells its status.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silent for so long, a node is asked whether it is there. One status may be late or lost.</summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Silent for so long, a node is down.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Down for so long, a node is no more shown.</summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromMinutes(10);
}
