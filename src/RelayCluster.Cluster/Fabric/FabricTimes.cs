namespace RelayCluster.Cluster.Fabric;

/// <summary>How soon an ask that gets no answer fails.</summary>
internal static class FabricTimes
{
    /// <summary>How often a node that works on an answer gives a sign of life.</summary>
    public static TimeSpan LifeInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Nothing heard for so long, neither reply nor sign of life, an ask has failed.</summary>
    public static TimeSpan SilenceTimeout { get; } = TimeSpan.FromSeconds(3);
}
