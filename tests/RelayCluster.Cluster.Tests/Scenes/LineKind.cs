namespace RelayCluster.Cluster.Tests.Scenes;

/// <summary>What carries connections between nodes.</summary>
public enum LineKind
{
    InProcess,
    Tcp,
    Tls,
}
