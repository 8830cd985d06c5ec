using System.Diagnostics;
using RelayCluster.Dht;

namespace RelayCluster.Relay;

/// <summary>
/// Spans of what clients wait for: <c>connect</c>, <c>listen</c>, <c>lookup</c>, <c>announce</c>, <c>unannounce</c>.
/// The source is <c>RelayCluster.Relay</c>. While nobody listens to it there is no span, and nothing to pay.
/// </summary>
internal static class RelayTraces
{
    public const string SourceName = "RelayCluster.Relay";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins a span of a session; dispose it when the answer is there.</summary>
    /// <param name="name">What is being done.</param>
    /// <param name="sessionId">For whom.</param>
    /// <param name="id">The alias or id that the client has given it.</param>
    public static Activity? Start(string name, string sessionId, uint id)
    {
        Activity? span = Source.StartActivity(name, ActivityKind.Server);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("session.id", sessionId);
            span.SetTag("relay.id", id);
        }

        return span;
    }

    /// <summary>Says that it failed, and at what.</summary>
    public static void Fail(this Activity? span, Exception exception) => span?
        .SetTag("error.type", exception is DhtException known ? known.Code : exception.GetType().Name)
        .SetStatus(ActivityStatusCode.Error, exception.Message);
}
