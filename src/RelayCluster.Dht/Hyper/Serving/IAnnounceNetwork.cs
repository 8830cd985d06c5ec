using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>What an <see cref="Announcer"/> needs of the network.</summary>
internal interface IAnnounceNetwork
{
    /// <summary>The replies of the nodes closest to a target, closest first; empty if nobody replied.</summary>
    /// <param name="target">What to look for.</param>
    /// <param name="nodes">The closest ones of an earlier search, to begin with; empty for none.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    Task<IReadOnlyList<RpcReply>> FindClosestAsync(
        Fixed32 target,
        IReadOnlyList<UdpEndPoint> nodes,
        CancellationToken cancellationToken);

    /// <summary>Asks a node; null if it does not reply.</summary>
    Task<RpcReply?> RequestAsync(UdpEndPoint to, RpcRequest request, CancellationToken cancellationToken);
}
