using System.Diagnostics;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>
/// The span of a query that sessions share, beside the one of each session: <c>lookup.run</c> asks the DHT,
/// <c>lookup.ask</c> the topic's owner. It belongs to the lookup that began it.
/// </summary>
internal static class LookupTraces
{
    private static readonly ActivitySource Source = new(RelayTraces.SourceName);

    /// <summary>Begins a span; null if nobody listens.</summary>
    public static Activity? Start(LookupPlace place, Fixed32 topic, ActivityContext parent)
    {
        Activity? span = place == LookupPlace.BeforeOwner
            ? Source.StartActivity("lookup.ask", ActivityKind.Client, parent)
            : Source.StartActivity("lookup.run", ActivityKind.Internal, parent);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("lookup.topic", topic.ToString());
        }

        return span;
    }
}
