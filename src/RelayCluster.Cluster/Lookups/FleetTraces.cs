using System.Diagnostics;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Lookups;

/// <summary>
/// The span of a lookup's answer to another node: <c>lookup.answer</c>, below the asking node's <c>lookup.ask</c>.
/// </summary>
internal static class FleetTraces
{
    private static readonly ActivitySource Source = new("RelayCluster.Relay");

    /// <summary>Begins a span; null if nobody listens.</summary>
    public static Activity? StartAnswer(Fixed32 topic, string asker, ActivityContext parent)
    {
        Activity? span = Source.StartActivity("lookup.answer", ActivityKind.Server, parent);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("lookup.topic", topic.ToString());
            span.SetTag("lookup.asker", asker);
        }

        return span;
    }
}
