using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>What all lookups of one place have in common.</summary>
internal sealed class LookupScope(
    TopicSource source,
    LookupPlace place,
    LookupSettings settings,
    LookupMetrics metrics,
    ILogger logger)
{
    public LookupSettings Settings => settings;

    public LookupMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>Whether an answer can be had when its query is over.</summary>
    public bool KeepsAnswers { get; } = settings.Keep > TimeSpan.Zero;

    /// <summary>What is done about a topic while it is looked up.</summary>
    public TopicLookupState RunningState { get; } =
        place == LookupPlace.BeforeOwner ? TopicLookupState.Asking : TopicLookupState.Running;

    /// <summary>Asks the source.</summary>
    public IAsyncEnumerable<LookupReply> Query(Fixed32 topic, CancellationToken cancellationToken)
    {
        if (place != LookupPlace.BeforeOwner)
        {
            metrics.Run();
        }

        return source(topic, cancellationToken);
    }

    /// <summary>A span of the query about a topic; null if nobody traces.</summary>
    public Activity? Trace(Fixed32 topic, ActivityContext parent) => LookupTraces.Start(place, topic, parent);
}
