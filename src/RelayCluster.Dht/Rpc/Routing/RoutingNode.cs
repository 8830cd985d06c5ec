using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Routing;

/// <summary>A node that the routing table knows, and when it last gave a sign of life.</summary>
internal sealed class RoutingNode
{
    public RoutingNode(Fixed32 id, UdpEndPoint endPoint)
    {
        Id = id;
        EndPoint = endPoint;
        Recency = new LinkedListNode<RoutingNode>(this);
    }

    public Fixed32 Id { get; }

    public UdpEndPoint EndPoint { get; }

    /// <summary>When it came into the table.</summary>
    public TimeSpan AddedAt { get; set; }

    /// <summary>When it was last asked for a sign of life, or gave one.</summary>
    public TimeSpan PingedAt { get; set; }

    /// <summary>When it last gave a sign of life.</summary>
    public TimeSpan SeenAt { get; set; }

    /// <summary>When it last counted as a witness of our public address; null if it never did.</summary>
    public TimeSpan? SampledAt { get; set; }

    /// <summary>How often others told us that it is down.</summary>
    public int DownHints { get; set; }

    /// <summary>Its place in the order of last signs of life.</summary>
    public LinkedListNode<RoutingNode> Recency { get; }
}
