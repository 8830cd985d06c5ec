using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Dht;
using RelayCluster.Relay.Lookups;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Lookups;

/// <summary>
/// A lookup by a topic's owner, and where that fails, at the start or on the way, by this node itself: replies that
/// were given already are not given again.
/// </summary>
/// <param name="fabric">How the owner is asked.</param>
/// <param name="own">The lookups of this node.</param>
/// <param name="timeProvider">The clock of patience.</param>
/// <param name="metrics">Where the outcome is counted.</param>
/// <param name="logger">Where a failure is told.</param>
internal sealed partial class OwnerLookup(
    IFabric fabric,
    ITopicLookups own,
    TimeProvider timeProvider,
    ClusterMetrics metrics,
    ILogger logger)
{
    /// <summary>
    /// How long an owner may be busy without a reply. The fabric finds out by itself about one that is gone; this is
    /// for one whose own way to the DHT is blocked.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>More replies than a query can get; who sends more does something else.</summary>
    private const int MaxReplies = 2048;

    public async IAsyncEnumerable<LookupReply> LookupAsync(
        Fixed32 topic,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<IPEndPoint> given = [];
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<ReadOnlyMemory<byte>> batches = fabric
            .AskAsync(
                FleetLookups.OwnerOf(topic),
                FleetLookups.RunSubject,
                LookupQuestion.Encode(topic, Activity.Current),
                giveUp.Token)
            .GetAsyncEnumerator(giveUp.Token);
        Exception? failure;
        await using (batches.ConfigureAwait(false))
        {
            while (true)
            {
                (LookupReply[]? batch, failure) = await TryTakeAsync(batches, giveUp, given.Count, cancellationToken)
                    .ConfigureAwait(false);
                if (batch is null)
                {
                    break;
                }

                foreach (LookupReply reply in batch)
                {
                    given.Add(reply.From.EndPoint);
                    yield return reply;
                }
            }
        }

        if (failure is null)
        {
            metrics.LookupAnswered("owner");
            yield break;
        }

        metrics.LookupAnswered("self");
        Log.OwnerFailed(logger, topic, given.Count, failure.Message);
        await foreach (LookupReply reply in own.LookupAsync(topic, cancellationToken).ConfigureAwait(false))
        {
            if (given.Add(reply.From.EndPoint))
            {
                yield return reply;
            }
        }
    }

    /// <summary>The next batch; none at the end, or with the owner's failure.</summary>
    private async ValueTask<(LookupReply[]? Batch, Exception? Failure)> TryTakeAsync(
        IAsyncEnumerator<ReadOnlyMemory<byte>> batches,
        CancellationTokenSource giveUp,
        int givenCount,
        CancellationToken cancellationToken)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Patience, timeProvider);
            using CancellationTokenRegistration late = deadline.Token.UnsafeRegister(
                static giveUp => ((CancellationTokenSource)giveUp!).Cancel(),
                giveUp);
            if (!await batches.MoveNextAsync().ConfigureAwait(false))
            {
                return default;
            }

            LookupReply[] batch = ReplyBatch.Decode(batches.Current.Span);
            return givenCount + batch.Length <= MaxReplies
                ? (batch, null)
                : throw new ProtocolException($"The owner of a topic sent more than {MaxReplies} replies");
        }
        catch (Exception exception) when (exception is FabricException or ProtocolException)
        {
            return (null, exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new TimeoutException($"no reply within {Patience}"));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            7300,
            LogLevel.Debug,
            "The owner of topic {Topic} failed after {Replies} replies, and this node asks the DHT itself: {Reason}")]
        public static partial void OwnerFailed(ILogger logger, Fixed32 topic, int replies, string reason);
    }
}
