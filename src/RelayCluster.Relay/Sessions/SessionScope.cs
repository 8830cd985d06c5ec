using Microsoft.Extensions.Logging;
using RelayCluster.Dht;
using RelayCluster.Relay.Buffers;

namespace RelayCluster.Relay.Sessions;

/// <summary>What a session shares with its streams and queries.</summary>
internal sealed class SessionScope(
    string sessionId,
    IDhtNode node,
    RelaySettings settings,
    Outbox outbox,
    RelayMetrics metrics,
    ILogger logger) : IDisposable
{
    public string SessionId => sessionId;

    public IDhtNode Node => node;

    public RelaySettings Settings => settings;

    /// <summary>The way to the client.</summary>
    public Outbox Outbox => outbox;

    public RelayMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>The bytes that came from the client and wait for peers.</summary>
    public Gate Inbound { get; } = new(settings.SessionBytesEachWay);

    /// <summary>The bytes that the streams' transports hold, in each direction.</summary>
    public TransportBudget Transports { get; } = new(settings.SessionBytesEachWay, settings.StreamBytesEachWay);

    /// <summary>The lookups, announces and unannounces under way.</summary>
    public Gate Queries { get; } = new(settings.MaxQueries);

    /// <summary>Room for those who dial at the same time.</summary>
    public SemaphoreSlim Dials { get; } = new(settings.MaxConcurrentDials);

    public void Dispose()
    {
        outbox.Dispose();
        Dials.Dispose();
    }
}
