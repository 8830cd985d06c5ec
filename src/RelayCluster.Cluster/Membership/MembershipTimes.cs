namespace RelayCluster.Cluster.Membership;

/// <summary>The clockwork of membership: a node that dies is seen as down within 5 s, and mostly within 2.</summary>
internal static class MembershipTimes
{
    /// <summary>How often a node tells its status.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Silent for so long, a node is asked whether it is there. One status may be late or lost.</summary>
    public static TimeSpan SuspectAfter { get; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Silent for so long, a node is down.</summary>
    public static TimeSpan DownAfter { get; } = TimeSpan.FromSeconds(4);

    /// <summary>Down for so long, a node is no more shown.</summary>
    public static TimeSpan ForgetAfter { get; } = TimeSpan.FromMinutes(10);
}
