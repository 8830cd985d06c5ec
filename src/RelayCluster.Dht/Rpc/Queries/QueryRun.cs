using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Queries;

/// <summary>A query that is being run: its state, what it asks, and who hears of it (on the loop).</summary>
internal sealed class QueryRun
{
    public QueryRun(Fixed32 target, RpcRequest request, Query query)
    {
        Target = target;
        Request = request;
        Query = query;
    }

    public Fixed32 Target { get; }

    public RpcRequest Request { get; }

    public Query Query { get; }

    /// <summary>Whether it yields to other traffic.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether nobody new is asked for now, because the replies are not read.</summary>
    public bool IsPaused { get; set; }

    public bool IsDone { get; set; }

    /// <summary>The requests that are out.</summary>
    public HashSet<QueryVisit> Visits { get; } = [];

    /// <summary>Called for each reply without an error.</summary>
    public Action<RpcReply>? Replied { get; init; }

    /// <summary>Called once, unless the query is cancelled.</summary>
    public Action<TimeSpan>? Finished { get; init; }
}
