using RelayCluster.Dht.Rpc.Requests;

namespace RelayCluster.Dht.Rpc.Routing;

/// <summary>A ping that decides whether a node stays in the table.</summary>
internal sealed class NodeCheck : InFlightRequest
{
    private readonly Neighbours _neighbours;
    private readonly TimeSpan _lastSeenAt;

    public NodeCheck(Neighbours neighbours, RoutingNode node, RoutingNode? replacement)
        : base(node.EndPoint, new RpcRequest(RpcCommand.Ping) { IsInternal = true })
    {
        _neighbours = neighbours;
        _lastSeenAt = node.SeenAt;
        Node = node;
        Replacement = replacement;
    }

    public RoutingNode Node { get; }

    /// <summary>Who gets the node's place if it is gone; null if nobody waits for it.</summary>
    public RoutingNode? Replacement { get; }

    /// <remarks>
    /// The reply itself reached the table before it came here. If the node was not seen by it, it has become ephemeral
    /// or has another address now, and does not belong into a table.
    /// </remarks>
    public override void HandleReply(TimeSpan now, RpcReply reply) =>
        _neighbours.HandleChecked(now, this, isAlive: Node.SeenAt > _lastSeenAt);

    public override void HandleFailure(TimeSpan now, RequestFailure failure) =>
        _neighbours.HandleChecked(now, this, isAlive: failure != RequestFailure.TimedOut);
}
