namespace RelayCluster.Cluster.Fabric;

/// <summary>A request or a broadcast as it arrives.</summary>
/// <param name="From">The name of the node that sent it.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Body">What it says.</param>
public sealed record FabricRequest(string From, string Subject, ReadOnlyMemory<byte> Body);
