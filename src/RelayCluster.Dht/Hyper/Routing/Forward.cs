using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Routing;

/// <summary>A server that announced itself here.</summary>
/// <param name="Relay">Where it sent the announcement from: handshakes for it are handed on there.</param>
/// <param name="Record">Its encoded record, for those who look for it.</param>
internal sealed record Forward(UdpEndPoint Relay, byte[] Record);
