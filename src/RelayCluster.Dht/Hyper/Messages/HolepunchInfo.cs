namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// How a server can be hole punched: its number for the handshake, and the nodes to send the rounds through.
/// </summary>
internal sealed record HolepunchInfo(ulong Id, IReadOnlyList<RelayInfo> Relays);
