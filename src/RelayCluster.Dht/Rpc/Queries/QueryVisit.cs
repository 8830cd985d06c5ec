using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc.Queries;

/// <summary>One node being asked by a query.</summary>
internal sealed class QueryVisit : InFlightRequest
{
    private readonly QueryRunner _runner;
    private readonly QueryRun _run;

    public QueryVisit(QueryRunner runner, QueryRun run, UdpEndPoint to)
        : base(to, run.Request)
    {
        _runner = runner;
        _run = run;
    }

    public override void HandleReply(TimeSpan now, RpcReply reply) => _runner.HandleReply(now, _run, this, reply);

    public override void HandleFailure(TimeSpan now, RequestFailure failure) =>
        _runner.HandleFailure(now, _run, this, failure);

    public override void HandleSlow(TimeSpan now) => _runner.HandleSlow(now, _run, this);
}
