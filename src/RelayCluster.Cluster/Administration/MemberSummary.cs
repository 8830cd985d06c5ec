using RelayCluster.Cluster.Membership;

namespace RelayCluster.Cluster.Administration;

/// <summary>A node of the fleet, for operators.</summary>
public sealed record MemberSummary
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it stands.</summary>
    public MemberState State { get; init; }

    /// <summary>The version of its program.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where clients reach it, as URIs.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Where other nodes reach it; null if they cannot.</summary>
    public string? SpliceAddress { get; init; }

    /// <summary>Whether it is the one that tells this.</summary>
    public bool IsSelf { get; init; }

    /// <summary>When it was last heard of.</summary>
    public DateTimeOffset LastHeard { get; init; }

    /// <summary>How much it has to do.</summary>
    public NodeLoad Load { get; init; } = NodeLoad.None;

    internal static MemberSummary Of(Member member) => new()
    {
        Name = member.Name,
        State = member.State,
        Version = member.Status.Version,
        Addresses = member.Status.Addresses,
        SpliceAddress = member.Status.SpliceAddress,
        IsSelf = member.IsSelf,
        LastHeard = member.LastHeard,
        Load = member.State == MemberState.Down ? NodeLoad.None : member.Status.Load,
    };
}
