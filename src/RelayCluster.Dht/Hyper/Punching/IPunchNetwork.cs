using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>What hole punching asks of the network.</summary>
internal interface IPunchNetwork
{
    /// <summary>A datagram of one byte came, from this address. Raised on the node's loop.</summary>
    event Action<UdpEndPoint>? Probed;

    /// <summary>Sends a datagram of one byte: it opens the NATs on its way for what comes back.</summary>
    void SendProbe(UdpEndPoint to);

    /// <summary>Sends a round to a target's server through a node, and waits for the server's answer.</summary>
    /// <param name="target">The hash of the server's public key.</param>
    /// <param name="id">The server's number for the handshake.</param>
    /// <param name="payload">The sealed payload.</param>
    /// <param name="server">The server as the node sees it.</param>
    /// <param name="through">The node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DhtException">There was no answer.</exception>
    /// <exception cref="ProtocolException">It made no sense.</exception>
    Task<PunchReply> PunchAsync(
        Fixed32 target,
        ulong id,
        byte[] payload,
        UdpEndPoint server,
        UdpEndPoint through,
        CancellationToken cancellationToken);
}
