using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>What dialling a server asks of the network.</summary>
internal interface IPeerNetwork : IPunchNetwork
{
    /// <summary>The nodes that know the server of a target, as the query finds them.</summary>
    /// <exception cref="DhtException">The query failed.</exception>
    IAsyncEnumerable<UdpEndPoint> FindRelaysAsync(Fixed32 target, CancellationToken cancellationToken);

    /// <summary>Sends a Noise message to a target's server through a node, and waits for the server's answer.</summary>
    /// <exception cref="DhtException">There was none.</exception>
    /// <exception cref="ProtocolException">It made no sense.</exception>
    Task<HandshakeReply> ShakeHandsAsync(
        Fixed32 target,
        ReadOnlyMemory<byte> noise,
        UdpEndPoint through,
        CancellationToken cancellationToken);

    /// <summary>Asks whether a node is there.</summary>
    Task<bool> IsThereAsync(UdpEndPoint endPoint, CancellationToken cancellationToken);
}
