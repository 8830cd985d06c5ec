using Microsoft.Extensions.Logging;
using RelayCluster.Dht;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Servers;

namespace RelayCluster.Relay.Sessions;

/// <summary>What a session shares with its streams, servers and queries.</summary>
internal sealed class SessionScope(
    string sessionId,
    IDhtNode node,
    RelaySettings settings,
    Outbox outbox,
    EndingServers endingServers,
    RelayMetrics metrics,
    ILogger logger) : IDisposable
{
    private uint _lastId;

    public string SessionId => sessionId;

    public IDhtNode Node => node;

    public RelaySettings Settings => settings;

    /// <summary>The way to the client.</summary>
    public Outbox Outbox => outbox;

    /// <summary>What is left of servers, of all sessions.</summary>
    public EndingServers EndingServers => endingServers;

    public RelayMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>The bytes that came from the client and wait for peers.</summary>
    public Gate Inbound { get; } = new(settings.SessionBytesEachWay);

    /// <summary>The bytes that the streams' transports hold, in each direction.</summary>
    public TransportBudget Transports { get; } = new(settings.SessionBytesEachWay, settings.StreamBytesEachWay);

    /// <summary>The lookups, announces and unannounces under way.</summary>
    public Gate Queries { get; } = new(settings.MaxQueries);

    /// <summary>The streams, dialled and accepted.</summary>
    public Gate Streams { get; } = new(settings.MaxStreams);

    /// <summary>The longest message of a peer that the way to the client can carry, once that is open.</summary>
    public int MaxChunkBytes { get; set; } = int.MaxValue;

    /// <summary>What the servers have asked the client.</summary>
    public FirewallQuestions Questions { get; } = new();

    /// <summary>Room for those who dial at the same time.</summary>
    public SemaphoreSlim Dials { get; } = new(settings.MaxConcurrentDials);

    /// <summary>An id that the session has not used yet, for aliases and questions alike. Any thread may ask.</summary>
    public uint NextId() => Interlocked.Increment(ref _lastId);

    public void Dispose()
    {
        outbox.Dispose();
        Dials.Dispose();
    }
}
