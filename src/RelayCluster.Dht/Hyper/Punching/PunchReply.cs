using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>What came back of a PEER_HOLEPUNCH.</summary>
/// <param name="Payload">The server's payload, sealed.</param>
/// <param name="ServerAddress">The server as the node saw it that was asked.</param>
internal sealed record PunchReply(ReadOnlyMemory<byte> Payload, UdpEndPoint ServerAddress);
