namespace RelayCluster.Cluster;

/// <summary>What a node of a fleet is told by its owner.</summary>
public sealed class ClusterNodeOptions
{
    /// <summary>The version of the program, shown to the fleet.</summary>
    public string Version { get; init; } = "";
}
