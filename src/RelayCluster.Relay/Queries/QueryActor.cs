using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay.Queries;

/// <summary>
/// One lookup, announce or unannounce: each node's reply becomes a result as it comes in, and at the end, whatever the
/// end, the client is told that the query is finished. Results wait until the client takes them, and the query with them.
/// </summary>
internal sealed partial class QueryActor(
    SessionScope scope,
    uint id,
    string kind,
    KeyPair? keyPair,
    Func<CancellationToken, IAsyncEnumerable<LookupReply>> start) : Actor<QueryOutcome>
{
    private long _started;

    protected override void OnStarted()
    {
        _started = Context.TimeProvider.GetTimestamp();
        scope.Metrics.QueryStarted();
        Context.PipeToSelf(
            RunAsync,
            static results => new QueryOutcome(results, null),
            static exception => new QueryOutcome(0, exception));
    }

    protected override void Receive(QueryOutcome message)
    {
        TimeSpan duration = Context.TimeProvider.GetElapsedTime(_started);
        scope.Metrics.Queried(duration, kind);
        if (message.Failure is null)
        {
            Log.Finished(scope.Logger, scope.SessionId, kind, id, message.Results, duration);
        }
        else
        {
            // The protocol has no error for a query; the reference finishes it too.
            Log.Failed(scope.Logger, message.Failure, scope.SessionId, kind, id);
        }

        scope.Outbox.Post(new FinishedMessage(id));
        Context.StopSelf();
    }

    protected override void OnStopped()
    {
        scope.Metrics.QueryStopped();
        keyPair?.Dispose();
    }

    private static AnnouncingNode ToMessage(DhtNodeAddress node) => new(node.Id, node.EndPoint);

    private static byte[] Encode(LookupReply reply) => new Announcers(
        reply.Token ?? default,
        ToMessage(reply.From),
        ToMessage(reply.To),
        [.. reply.Peers.Select(static peer => new AnnouncedPeer(peer.PublicKey, peer.RelayAddresses))]).Encode();

    private async ValueTask<int> RunAsync(CancellationToken cancellationToken)
    {
        using Activity? span = RelayTraces.Start(kind, scope.SessionId, id);
        int results = 0;
        try
        {
            await foreach (LookupReply reply in start(cancellationToken).ConfigureAwait(false))
            {
                await scope.Outbox.Control.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
                scope.Outbox.Post(new ResultMessage(id, Encode(reply)));
                results++;
            }
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            throw;
        }

        span?.SetTag("relay.results", results);
        return results;
    }

    private static partial class Log
    {
        [LoggerMessage(
            5040,
            LogLevel.Debug,
            "Session {SessionId} finished {Kind} {QueryId} with {Results} results in {Duration}")]
        public static partial void Finished(
            ILogger logger, string sessionId, string kind, uint queryId, int results, TimeSpan duration);

        [LoggerMessage(5041, LogLevel.Debug, "Session {SessionId} failed at {Kind} {QueryId}")]
        public static partial void Failed(
            ILogger logger, Exception exception, string sessionId, string kind, uint queryId);
    }
}
