using RelayCluster.Wire;

namespace RelayCluster.Dht.Links;

/// <summary>A server that clients can also come to by a link.</summary>
public interface ILinkServer
{
    /// <summary>What clients connect to.</summary>
    Fixed32 PublicKey { get; }

    /// <summary>
    /// Takes a client that comes by a link: with the handshake, the firewall's question and the backlog that those have
    /// who come through the DHT. Returns at once.
    /// </summary>
    /// <param name="link">The server's from here on, if it is taken.</param>
    /// <returns>False: the server is closed, or has no room for another client now; the link stays the caller's.</returns>
    bool TryAccept(DhtLink link);
}
