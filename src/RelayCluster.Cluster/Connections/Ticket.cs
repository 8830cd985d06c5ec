namespace RelayCluster.Cluster.Connections;

/// <summary>What the holder of a ticket may have.</summary>
/// <param name="Node">The node that asked for it.</param>
/// <param name="Purpose">What the connection will be for.</param>
/// <param name="Data">What was asked beside the purpose, in its own format.</param>
internal sealed record Ticket(string Node, string Purpose, ReadOnlyMemory<byte> Data);
