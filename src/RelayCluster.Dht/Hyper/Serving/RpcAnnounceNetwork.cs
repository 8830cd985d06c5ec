using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>The network as this node's RPC layer reaches it.</summary>
internal sealed class RpcAnnounceNetwork(RpcNode node) : IAnnounceNetwork
{
    public async Task<IReadOnlyList<RpcReply>> FindClosestAsync(
        Fixed32 target,
        IReadOnlyList<UdpEndPoint> nodes,
        CancellationToken cancellationToken)
    {
        var options = new RpcQueryOptions { Nodes = nodes.Count == 0 ? null : nodes };
        RpcQuery query = node.Query(new RpcRequest(HyperCommand.FindPeer, target), options);
        await query.RunAsync(cancellationToken).ConfigureAwait(false);
        return query.ClosestReplies;
    }

    public async Task<RpcReply?> RequestAsync(
        UdpEndPoint to,
        RpcRequest request,
        CancellationToken cancellationToken)
    {
        try
        {
            return await node.RequestAsync(to, request, cancellationToken).ConfigureAwait(false);
        }
        catch (DhtException e) when (e.Error == DhtError.RequestTimeout)
        {
            return null;
        }
    }
}
