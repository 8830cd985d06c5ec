using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Dht.Rpc.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Queries;

/// <summary>
/// Runs queries: gives them nodes to begin with, turns the nodes that they want asked into requests, and sends the down
/// hints that they leave.
/// </summary>
internal sealed class QueryRunner
{
    private const int MaxDownHintsPerTick = 50;
    private const int BackgroundConcurrency = 2;

    private readonly RequestTable _requests;
    private readonly Neighbours _neighbours;
    private readonly RpcCounters _counters;
    private readonly int _concurrency;
    private readonly RoutingNode[] _closest = new RoutingNode[KBucket.Capacity];
    private readonly HashSet<QueryRun> _runs = [];
    private int _downHints;

    public QueryRunner(RequestTable requests, Neighbours neighbours, int concurrency, RpcCounters counters)
    {
        _requests = requests;
        _neighbours = neighbours;
        _concurrency = concurrency;
        _counters = counters;
    }

    /// <summary>Who is asked while the routing table has less than 20 nodes.</summary>
    public IReadOnlyList<UdpEndPoint> BootstrapNodes { get; set; } = [];

    /// <summary>How many queries are running.</summary>
    public int Count => _runs.Count;

    /// <summary>Begins, with these nodes first if there are any.</summary>
    public void Start(TimeSpan now, QueryRun run, ReadOnlySpan<UdpEndPoint> earlierNodes)
    {
        _counters.QueriesStarted++;
        _runs.Add(run);
        if (!earlierNodes.IsEmpty)
        {
            run.Query.AddEarlierNodes(earlierNodes);
        }

        if (earlierNodes.Length < KBucket.Capacity)
        {
            AddFromTable(run);
        }

        if (run.Query.MissingNodes > 0)
        {
            run.Query.AddNodes([.. BootstrapNodes]);
        }

        Advance(now, run);
    }

    /// <summary>Ends a query early; it hears of nothing any more.</summary>
    public void Cancel(TimeSpan now, QueryRun run)
    {
        if (run.IsDone)
        {
            return;
        }

        run.IsDone = true;
        _runs.Remove(run);
        foreach (QueryVisit visit in run.Visits.ToArray())
        {
            _requests.Cancel(now, visit);
        }

        run.Visits.Clear();
    }

    public void CancelAll(TimeSpan now)
    {
        foreach (QueryRun run in _runs.ToArray())
        {
            Cancel(now, run);
        }
    }

    /// <summary>Goes on after a pause.</summary>
    public void Resume(TimeSpan now, QueryRun run)
    {
        run.IsPaused = false;
        Advance(now, run);
    }

    /// <summary>Five seconds have passed.</summary>
    public void HandleTick() => _downHints = 0;

    public void HandleReply(TimeSpan now, QueryRun run, QueryVisit visit, RpcReply reply)
    {
        if (!run.Visits.Remove(visit) || run.IsDone)
        {
            return;
        }

        run.Query.HandleReply(reply);
        if (reply.Error == RpcErrorCode.None)
        {
            run.Replied?.Invoke(reply);
        }

        Advance(now, run);
    }

    public void HandleFailure(TimeSpan now, QueryRun run, QueryVisit visit, RequestFailure failure)
    {
        if (failure == RequestFailure.TimedOut)
        {
            _neighbours.HandleDown(visit.To);
        }

        if (!run.Visits.Remove(visit) || run.IsDone)
        {
            return;
        }

        run.Query.HandleFailure(visit.To, isDown: failure == RequestFailure.TimedOut);
        Advance(now, run);
    }

    public void HandleSlow(TimeSpan now, QueryRun run, QueryVisit visit)
    {
        run.Query.HandleSlow(visit.To);
        Advance(now, run);
    }

    private void Advance(TimeSpan now, QueryRun run)
    {
        if (run.IsDone)
        {
            return;
        }

        SendDownHints(now, run.Query);
        if (run.Query.WantsTable)
        {
            AddFromTable(run);
            run.Query.AddNodes([]);
        }

        if (run.IsBackground)
        {
            run.Query.Concurrency = _requests.Count < 3 ? _concurrency : Math.Min(BackgroundConcurrency, _concurrency);
        }

        while (!run.IsDone && !run.IsPaused && run.Query.TryTakeNode(out UdpEndPoint node))
        {
            var visit = new QueryVisit(this, run, node);
            run.Visits.Add(visit);
            _requests.Start(now, visit);
        }

        if (!run.IsDone && !run.IsPaused && run.Query.IsFinished)
        {
            Cancel(now, run);
            run.Finished?.Invoke(now);
        }
    }

    private void AddFromTable(QueryRun run)
    {
        if (run.Query.MissingNodes == 0)
        {
            return;
        }

        int count = _neighbours.Table.CopyClosest(run.Target, _closest.AsSpan(0, run.Query.MissingNodes));
        Span<UdpEndPoint> nodes = stackalloc UdpEndPoint[KBucket.Capacity];
        for (int i = 0; i < count; i++)
        {
            nodes[i] = _closest[i].EndPoint;
        }

        run.Query.AddNodes(nodes[..count]);
    }

    private void SendDownHints(TimeSpan now, Query query)
    {
        while (query.TryTakeDownHint(out DownHint hint) && _downHints < MaxDownHintsPerTick)
        {
            _downHints++;
            var value = new byte[EndPointCodec.Size];
            var writer = new CompactWriter(value);
            EndPointCodec.Write(ref writer, hint.Down);
            var request = new RpcRequest(RpcCommand.DownHint, Value: value) { IsInternal = true };
            _requests.Start(now, new ForgottenRequest(hint.Referrer, request));
        }
    }
}
