using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>What came back of a PEER_HANDSHAKE.</summary>
/// <param name="Noise">The server's Noise message.</param>
/// <param name="Through">The node that was asked.</param>
/// <param name="IsRelayed">Whether that node is not the server itself.</param>
/// <param name="ServerAddress">The server as that node saw it, or that node.</param>
/// <param name="ClientAddress">This side as that node saw it.</param>
internal sealed record HandshakeReply(
    ReadOnlyMemory<byte> Noise,
    UdpEndPoint Through,
    bool IsRelayed,
    UdpEndPoint ServerAddress,
    UdpEndPoint ClientAddress);
