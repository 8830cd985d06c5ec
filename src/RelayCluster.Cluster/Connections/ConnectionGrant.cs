namespace RelayCluster.Cluster.Connections;

/// <summary>A node's leave to connect to it, once and soon.</summary>
/// <param name="Address">Where it listens, in the words of its <see cref="INodeTransport"/>.</param>
/// <param name="Ticket">The ticket to come with.</param>
internal sealed record ConnectionGrant(string Address, ReadOnlyMemory<byte> Ticket);
