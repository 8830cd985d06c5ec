namespace RelayCluster.Udx.Tests.Simulation;

/// <summary>What a simulated link does to datagrams, one direction like the other.</summary>
internal sealed record LinkConditions
{
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The share of datagrams that vanish.</summary>
    public double Loss { get; init; }

    /// <summary>The share that arrives late, behind some of those sent after them.</summary>
    public double Reordering { get; init; }

    /// <summary>How late those are, at most.</summary>
    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The share that arrives twice.</summary>
    public double Duplication { get; init; }

    /// <summary>Longer datagrams vanish; counted with the headers of IP and UDP.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The rate of the bottleneck; null: none.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>What the bottleneck's queue holds before it drops.</summary>
    public int QueueBytes { get; init; } = 64 * 1024;
}
