using System.Diagnostics.Metrics;

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// What the Kademlia layer tells about itself. All instruments are observed: the loop counts in plain fields, and a
/// collector reads them when it wants to.
/// </summary>
internal sealed class RpcMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "RelayCluster.Dht.Rpc";

    private readonly Meter _meter;

    public RpcMetrics(IMeterFactory factory, RpcProtocol protocol)
    {
        _meter = factory.Create(MeterName);
        RpcCounters counters = protocol.Counters;
        Count("dht.rpc.requests.sent", "{request}", "Requests begun.", () => counters.RequestsStarted);
        Count("dht.rpc.requests.retried", "{request}", "Requests sent again.", () => counters.Retries);
        Count("dht.rpc.requests.timed_out", "{request}", "Requests without a reply.", () => counters.RequestsTimedOut);
        Count("dht.rpc.replies.received", "{reply}", "Replies to our requests.", () => counters.RepliesReceived);
        Count("dht.rpc.requests.received", "{request}", "Requests of others.", () => counters.RequestsReceived);
        Count("dht.rpc.datagrams.ignored", "{datagram}", "Junk and stray replies.", () => counters.DatagramsIgnored);
        Count("dht.rpc.answers.dropped", "{answer}", "Answers over the queue's limit.", () => counters.AnswersDropped);
        Count("dht.rpc.queries", "{query}", "Queries begun, ours included.", () => counters.QueriesStarted);
        _meter.CreateObservableUpDownCounter(
            "dht.rpc.nodes",
            () => protocol.Neighbours.Table.Count,
            "{node}",
            "Nodes in the routing table.");
    }

    public void Dispose() => _meter.Dispose();

    private void Count(string name, string unit, string description, Func<long> read) =>
        _meter.CreateObservableCounter(name, read, unit, description);
}
