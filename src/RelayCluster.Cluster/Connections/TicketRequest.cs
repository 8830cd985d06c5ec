namespace RelayCluster.Cluster.Connections;

/// <summary>Asks a node for a connection to it.</summary>
/// <param name="Purpose">What it will be for.</param>
/// <param name="Data">What the purpose needs to know.</param>
internal sealed record TicketRequest(string Purpose, ReadOnlyMemory<byte> Data);
