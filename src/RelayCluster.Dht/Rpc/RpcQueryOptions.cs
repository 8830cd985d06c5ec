using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc;

/// <summary>How a query goes about it.</summary>
internal sealed class RpcQueryOptions
{
    /// <summary>
    /// Nodes to begin with, closest first, such as those of an earlier query; null for the routing table.
    /// </summary>
    public IReadOnlyList<UdpEndPoint>? Nodes { get; init; }

    /// <summary>Whether to ask only <see cref="Nodes"/>, and nobody whom they name.</summary>
    public bool OnlyNodes { get; init; }

    /// <summary>How often each request is sent again while no reply comes.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>How many requests are under way at once; null for the node's own number.</summary>
    public int? Concurrency { get; init; }

    /// <summary>
    /// What to do in the end with each of the (at most 20) closest nodes that replied, all at once, on the thread pool.
    /// The query fails if it fails with all of them, and with <see cref="DhtError.RequestTimeout"/> if there are none.
    /// Null ends the query without.
    /// </summary>
    public Func<RpcReply, CancellationToken, Task>? Commit { get; init; }
}
