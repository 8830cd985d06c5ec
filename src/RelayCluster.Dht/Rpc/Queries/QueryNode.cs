using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Queries;

/// <summary>A node that a query has heard of.</summary>
internal sealed class QueryNode
{
    /// <summary>More than this many need not be told that a node which they named is down.</summary>
    private const int MaxReferrers = 8;

    private List<UdpEndPoint>? _referrers;

    public QueryNode(Fixed32 id, UdpEndPoint endPoint)
    {
        Id = id;
        EndPoint = endPoint;
    }

    public Fixed32 Id { get; }

    public UdpEndPoint EndPoint { get; }

    public QueryNodeState State { get; set; }

    /// <summary>Who named it.</summary>
    public IReadOnlyList<UdpEndPoint> Referrers => (IReadOnlyList<UdpEndPoint>?)_referrers ?? [];

    public void AddReferrer(UdpEndPoint referrer)
    {
        if ((_referrers ??= []).Count < MaxReferrers)
        {
            _referrers.Add(referrer);
        }
    }
}
