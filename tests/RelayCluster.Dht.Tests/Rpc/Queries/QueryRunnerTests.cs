using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Queries;
using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Dht.Rpc.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc.Queries;

public class QueryRunnerTests
{
    private const int Concurrency = 4;
    private static readonly Fixed32 Target = new(new byte[32]);

    private readonly RpcCounters _counters = new();

    [Fact]
    public void A_query_whose_replies_are_not_read_asks_nobody_until_it_is_resumed()
    {
        var random = new Random(1);
        var requests = new RequestTable(new CongestionWindow(80), new ReplyTimeouts(isAdaptive: false, random), random, _counters);
        var runner = new QueryRunner(requests, new Neighbours(Target), Concurrency, _counters);
        int replies = 0;
        var run = new QueryRun(Target, new RpcRequest(0, Target), new Query(Target, Concurrency))
        {
            Replied = _ => replies++,
        };
        runner.Start(default, run, [.. Enumerable.Range(1, 20).Select(static i => new UdpEndPoint(0x0a000000, (ushort)i))]);
        int asked = run.Visits.Count;
        Assert.InRange(asked, 1, Concurrency);

        run.IsPaused = true;
        ReplyAll(runner, run);
        Assert.Empty(run.Visits);
        Assert.Equal(asked, replies);
        Assert.False(run.IsDone);

        runner.Resume(default, run);
        Assert.NotEmpty(run.Visits);
        while (!run.IsDone)
        {
            ReplyAll(runner, run);
        }

        Assert.Equal(20, replies);
        Assert.Equal(0, runner.Count);
    }

    private static void ReplyAll(QueryRunner runner, QueryRun run)
    {
        foreach (QueryVisit visit in run.Visits.ToArray())
        {
            runner.HandleReply(
                default,
                run,
                visit,
                new RpcReply { From = visit.To, FromId = NodeId.Of(visit.To), To = default, CloserNodes = [] });
        }
    }
}
