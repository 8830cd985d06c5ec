namespace RelayCluster.Cluster.Placement;

/// <summary>How a node places the sessions of the clients that come to it.</summary>
public sealed record PlacementOptions
{
    /// <summary>Where sessions live. Default: balanced.</summary>
    public PlacementMode Mode { get; init; } = PlacementMode.Balanced;

    /// <summary>
    /// How many sessions this node can take, which is its weight beside the others. Default: 10,000.
    /// </summary>
    public int Capacity { get; init; } = 10_000;

    /// <summary>
    /// When balanced: by how much this node may be fuller than the fleet before it hands on sessions, in hundredths of
    /// its capacity. Default: 10. A session that is handed on costs two nodes something, so small differences stay.
    /// </summary>
    public int BalanceMargin { get; init; } = 10;

    /// <summary>
    /// How long a client may be kept waiting for a place on another node before it is served here. Default: 1 s.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
}
