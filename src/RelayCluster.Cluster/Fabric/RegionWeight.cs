namespace RelayCluster.Cluster.Fabric;

/// <summary>A node's share of a region's keys: see <see cref="IFabric.SetWeightAsync"/>.</summary>
internal static class RegionWeight
{
    public const int Max = 1000;

    /// <exception cref="ArgumentOutOfRangeException">It is negative, or more than <see cref="Max"/>.</exception>
    public static void ThrowIfOutOfRange(int weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, Max);
    }
}
