using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Routing;

/// <summary>A server of this process, as the <see cref="Router"/> knows it. Called on the node's loop.</summary>
internal interface ILocalServer
{
    /// <summary>The hash of its public key.</summary>
    Fixed32 Target { get; }

    /// <summary>Its encoded record, for those who look for it at this node.</summary>
    byte[] Record { get; }

    /// <summary>A client shakes hands. The answer is given through the question, now or later.</summary>
    void HandleHandshake(TimeSpan now, HandshakeQuestion question);

    /// <summary>A round of hole punching of one who has shaken hands.</summary>
    /// <param name="id">The number that its handshake was answered with.</param>
    /// <param name="payload">Sealed.</param>
    /// <param name="client">Where the node that hands it on sees the client.</param>
    /// <param name="relay">That node.</param>
    /// <returns>The sealed answer; null for none.</returns>
    byte[]? HandleHolepunch(ulong id, ReadOnlySpan<byte> payload, UdpEndPoint client, UdpEndPoint relay);
}
