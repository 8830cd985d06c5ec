using Microsoft.Extensions.Logging;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Links;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Directory;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Questions;
using RelayCluster.Relay.Servers;

namespace RelayCluster.Relay.Sessions;

/// <summary>What a session shares with its streams, servers and queries.</summary>
internal sealed class SessionScope(
    string sessionId,
    ISessionPolicy policy,
    IDhtNode node,
    ITopicLookups lookups,
    RelaySettings settings,
    Outbox outbox,
    EndingServers endingServers,
    RelayMetrics metrics,
    ILogger logger,
    TimeProvider timeProvider) : IDisposable
{
    private uint _lastId;

    public string SessionId => sessionId;

    /// <summary>What the session may do.</summary>
    public ISessionPolicy Policy => policy;

    public IDhtNode Node => node;

    /// <summary>Who looks up topics, for all sessions.</summary>
    public ITopicLookups Lookups => lookups;

    /// <summary>The same node for clients that keep their keys; null if it cannot do that.</summary>
    public IForeignKeyNode? KeylessNode { get; } = node as IForeignKeyNode;

    /// <summary>The same node over links; null if it cannot do that.</summary>
    public ILinkNode? LinkNode { get; } = node as ILinkNode;

    /// <summary>Where servers are made known and sought; null for nowhere.</summary>
    public IServerDirectory? Directory { get; init; }

    public RelaySettings Settings => settings;

    /// <summary>The way to the client.</summary>
    public Outbox Outbox => outbox;

    /// <summary>What is left of servers, of all sessions.</summary>
    public EndingServers EndingServers => endingServers;

    public RelayMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>How what may not be is refused.</summary>
    public SessionRefusals Refusals => field ??= new SessionRefusals(this);

    /// <summary>The bytes that came from the client and wait for peers.</summary>
    public Gate Inbound { get; } = new(settings.SessionBytesEachWay);

    /// <summary>The bytes that the streams' transports hold, in each direction.</summary>
    public TransportBudget Transports { get; } = new(settings.SessionBytesEachWay, settings.StreamBytesEachWay);

    /// <summary>The lookups, announces and unannounces under way for which nothing is asked.</summary>
    public Gate Queries { get; } = new(settings.MaxQueries);

    /// <summary>The announces and unannounces under way that the client signs for.</summary>
    public Gate AskedQueries { get; } = new(settings.MaxQueries);

    /// <summary>The streams, dialled and accepted; see <see cref="EndStream"/>.</summary>
    public Gate Streams { get; } = new(settings.MaxStreams);

    /// <summary>The longest message of a peer that the way to the client can carry, once that is open.</summary>
    public int MaxChunkBytes { get; set; } = int.MaxValue;

    /// <summary>The bytes of all streams so far.</summary>
    public SessionTraffic Traffic { get; } = new();

    /// <summary>What the client hears of the end, from when the relay ends the session; null if there is nothing to
    /// say, or nobody to hear it. Written before the children stop, who read it then.</summary>
    public SessionFarewell? Farewell { get; set; }

    /// <summary>What the client has been asked.</summary>
    public ClientQuestions Questions { get; } = new(outbox, settings, timeProvider);

    /// <summary>Room for those who dial at the same time.</summary>
    public SemaphoreSlim Dials { get; } = new(settings.MaxConcurrentDials);

    /// <summary>An id that the session has not used yet, for aliases and questions alike. Any thread may ask.</summary>
    public uint NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>One stream less, for the session and for its policy.</summary>
    public void EndStream()
    {
        Streams.Remove(1);
        policy.Ended(PolicyResource.Stream);
    }

    /// <summary>Waits as long as the policy wants it, before something is read again.</summary>
    public Task WaitForRateAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        if (pause <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        metrics.Throttled(pause);
        return Task.Delay(pause, timeProvider, cancellationToken);
    }

    public void Dispose()
    {
        policy.Dispose();
        outbox.Dispose();
        Questions.Dispose();
        Dials.Dispose();
    }
}
