namespace RelayCluster.Cluster.Membership;

/// <summary>What a node tells the fleet of itself, every second and whenever its state changes.</summary>
public sealed record NodeStatus
{
    /// <summary>Its name, unique in the fleet.</summary>
    public required string Name { get; init; }

    /// <summary>Which start of the node this is: another text each time.</summary>
    public required string Instance { get; init; }

    /// <summary>Grows with each status of an instance; what comes late is told by it.</summary>
    public long Number { get; init; }

    /// <summary>The version of its program.</summary>
    public string Version { get; init; } = "";

    /// <summary>How it stands, in its own view.</summary>
    public MemberState State { get; init; }

    /// <summary>Where clients reach it, as URIs.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Where other nodes reach it, as host:port; null if they cannot.</summary>
    public string? SpliceAddress { get; init; }

    /// <summary>How much it has to do.</summary>
    public NodeLoad Load { get; init; } = NodeLoad.None;
}
