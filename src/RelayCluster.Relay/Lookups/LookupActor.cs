using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>
/// The one query about a topic, for all who ask: it passes what comes in to the <see cref="SharedAnswer"/> that they
/// read, and lives until the query is over or nobody wants it any more.
/// </summary>
/// <param name="topic">The topic.</param>
/// <param name="answer">Where the replies go. It is told the end in any case.</param>
/// <param name="scope">What all lookups have in common.</param>
/// <param name="trace">The lookup that it was begun for, for who traces.</param>
internal sealed partial class LookupActor(
    Fixed32 topic,
    SharedAnswer answer,
    LookupScope scope,
    ActivityContext trace) : Actor<LookupStep>
{
    private long _started;

    protected override void OnStarted()
    {
        _started = Context.TimeProvider.GetTimestamp();
        Context.PipeToSelf(
            RunAsync,
            static _ => new LookupStep(IsAbandoned: false, null),
            static exception => new LookupStep(IsAbandoned: false, exception));
    }

    protected override void Receive(LookupStep message)
    {
        TimeSpan duration = Context.TimeProvider.GetElapsedTime(_started);
        if (message.IsAbandoned)
        {
            Log.Abandoned(scope.Logger, topic, duration);
        }
        else if (message.Failure is { } failure)
        {
            Log.Failed(scope.Logger, failure, topic);
            answer.Complete(failure);
        }
        else
        {
            Log.Finished(scope.Logger, topic, answer.ReplyCount, duration);
            if (!scope.KeepsAnswers)
            {
                answer.CloseToAskers();
            }

            answer.Complete();
        }

        Context.StopSelf();
    }

    protected override void OnStopped() =>
        answer.Complete(new DhtException(DhtError.NodeDestroyed, "The relay is stopping"));

    private async ValueTask<bool> RunAsync(CancellationToken cancellationToken)
    {
        using Activity? span = scope.Trace(topic, trace);
        try
        {
            await foreach (LookupReply reply in scope.Query(topic, cancellationToken).ConfigureAwait(false))
            {
                answer.Append(reply);
                await answer.WhenWantedAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            throw;
        }

        span?.SetTag("lookup.replies", answer.ReplyCount);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(5110, LogLevel.Debug, "The lookup of {Topic} is over with {Replies} replies in {Duration}")]
        public static partial void Finished(ILogger logger, Fixed32 topic, int replies, TimeSpan duration);

        [LoggerMessage(5111, LogLevel.Debug, "The lookup of {Topic} failed")]
        public static partial void Failed(ILogger logger, Exception exception, Fixed32 topic);

        [LoggerMessage(5112, LogLevel.Debug, "Nobody wants the lookup of {Topic} any more, after {Duration}")]
        public static partial void Abandoned(ILogger logger, Fixed32 topic, TimeSpan duration);
    }
}
