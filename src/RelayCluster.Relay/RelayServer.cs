using System.Globalization;
using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Sharing;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Directory;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Servers;
using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay;

/// <summary>
/// Lets clients that cannot join the DHT use it through a node that has: each message transport that is handed to
/// <see cref="ServeAsync(IMessageTransport, CancellationToken)"/> becomes a session, and lives until its client leaves,
/// breaks the protocol or falls silent. Sessions are independent: what one does to itself does nothing to the others.
/// </summary>
public sealed partial class RelayServer : IAsyncDisposable
{
    /// <summary>What clients are told when the relay stops.</summary>
    internal const string Stopping = "The relay is stopping";

    private const string DrainingText = "The relay is draining: it takes no more sessions, and closes those that it has";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long sessions that were told to close may take before they are told again: one that was just
    /// being made has not heard it.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly IDhtNode _node;
    private readonly RelaySettings _settings;
    private readonly RelayMetrics _metrics;
    private readonly IServerDirectory? _directory;
    private readonly ILogger _logger;
    private readonly EndingServers _endingServers = new();
    private readonly TimeProvider _timeProvider;
    private readonly SessionAdmission _admission;
    private readonly ActorSystem _system;
    private readonly ActorRef<SessionsMessage> _sessions;
    private readonly SessionCensus _census;
    private readonly SessionDoor _door = new();
    private readonly SharedLookups? _ownLookups;
    private long _lastSession;

    /// <summary>A relay that is ready for its first client.</summary>
    /// <param name="node">
    /// What the clients use; it stays the caller's, and must outlive the relay. Clients that keep their secret keys can
    /// connect, listen and announce if it is an <see cref="Dht.Foreign.IForeignKeyNode"/> too, as a DhtNode is.
    /// </param>
    /// <param name="options">Read once, here.</param>
    /// <param name="timeProvider">The clock of heartbeats and time-outs.</param>
    /// <param name="loggerFactory">Where sessions log.</param>
    /// <param name="ports">What the embedder brings along; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RelayServer(
        IDhtNode node,
        RelayOptions options,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        RelayPorts? ports = null)
        : this(node, options, ActorsOf(timeProvider, ports), loggerFactory, ports)
    {
    }

    internal RelayServer(
        IDhtNode node,
        RelayOptions options,
        ActorSystemOptions actors,
        ILoggerFactory loggerFactory,
        RelayPorts? ports)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _node = node;
        _settings = new RelaySettings(options);
        _logger = loggerFactory.CreateLogger<RelayServer>();
        _metrics = new RelayMetrics(ports?.MeterFactory);
        _directory = ports?.Directory;
        _timeProvider = actors.TimeProvider;
        _admission = new SessionAdmission(
            ports?.Policy ?? new LimitingPolicy(new PolicyOptions(), _timeProvider), _metrics, _logger);
        actors.OnFailure ??= LogFailure;
        _system = new ActorSystem(actors);
        Lookups = ports?.Lookups ?? (_ownLookups = new SharedLookups(
            _system,
            "lookups",
            node.LookupAsync,
            LookupPlace.Alone,
            options.Lookups,
            loggerFactory,
            ports?.MeterFactory));
        _sessions = _system.Spawn("sessions", () => new SessionsActor(_settings.MaxSessions));
        _census = new SessionCensus(_sessions);
    }

    /// <summary>Who looks up topics for the sessions.</summary>
    public ITopicLookups Lookups { get; }

    /// <summary>How many sessions there are, those that are closing included.</summary>
    public int SessionCount => _door.Count;

    /// <summary>What the relay is doing now.</summary>
    public RelayActivity Activity => _metrics.Describe(SessionCount);

    /// <summary>Whether new sessions are turned away.</summary>
    public bool IsDraining => _door.IsClosed;

    /// <summary>
    /// Serves one client until the session and all that belongs to it is gone. The transport is taken over, and
    /// disposed in the end. Whatever the client does, no exception comes of it.
    /// </summary>
    /// <param name="transport">The connection to the client, open already.</param>
    /// <param name="cancellationToken">Closes the session.</param>
    public Task ServeAsync(IMessageTransport transport, CancellationToken cancellationToken = default) =>
        ServeAsync(transport, ClientOrigin.Unknown, cancellationToken);

    /// <summary>As <see cref="ServeAsync(IMessageTransport, CancellationToken)"/>, of a client that is known.</summary>
    /// <param name="transport">The connection to the client, open already.</param>
    /// <param name="origin">Where the client comes from.</param>
    /// <param name="cancellationToken">Closes the session.</param>
    public Task ServeAsync(
        IMessageTransport transport,
        ClientOrigin origin,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(origin);
        return ServeAsync(new TransportArrival(transport, origin), cancellationToken);
    }

    /// <summary>
    /// Serves one client on a channel that is open, such as one of a muxer that carries other protocols too
    /// (<see cref="RelayChannel.AcceptAsync(SharedMux, CancellationToken)"/>). The channel is taken over and closed in
    /// the end; the muxer stays its owner's, who should close it then, since npm clients do not notice that the channel
    /// has.
    /// </summary>
    /// <param name="channel">The way to the client.</param>
    /// <param name="cancellationToken">Closes the session.</param>
    public Task ServeAsync(RelayChannel channel, CancellationToken cancellationToken = default) =>
        ServeAsync(channel, ClientOrigin.Unknown, cancellationToken);

    /// <summary>As <see cref="ServeAsync(RelayChannel, CancellationToken)"/>, of a client that is known.</summary>
    /// <param name="channel">The way to the client.</param>
    /// <param name="origin">Where the client comes from.</param>
    /// <param name="cancellationToken">Closes the session.</param>
    public Task ServeAsync(
        RelayChannel channel,
        ClientOrigin origin,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(origin);
        return ServeAsync(new ChannelArrival(channel, origin), cancellationToken);
    }

    /// <summary>
    /// All sessions, in the order in which they came, each as it was when it was its turn to tell. Those that come or
    /// go meanwhile may be missing.
    /// </summary>
    public IAsyncEnumerable<SessionSummary> GetSessionsAsync(CancellationToken cancellationToken = default) =>
        _census.GetSessionsAsync(cancellationToken);

    /// <summary>
    /// One session with its servers, streams and queries, at most 1,000 of each; null if there is none of that name.
    /// </summary>
    public Task<SessionTree?> GetSessionAsync(string id, CancellationToken cancellationToken = default) =>
        _census.GetSessionAsync(id, cancellationToken);

    /// <summary>
    /// Closes one session. Its client is told the reason: by the WebSocket's close (1008), and by the end of each
    /// stream.
    /// </summary>
    /// <param name="id">Its name.</param>
    /// <param name="reason">A line for the client.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False: there is none of that name.</returns>
    public async Task<bool> CloseSessionAsync(string id, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (await _census.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } session
            || !await session.TellAsync(new SessionMessage.Close(SessionEnd.Kicked, reason), cancellationToken)
                .ConfigureAwait(false))
        {
            return false;
        }

        Log.Kicked(_logger, id, reason);
        return true;
    }

    /// <summary>
    /// Takes no new sessions from now on, lets the others live for a while, and then closes them; their clients are
    /// told so (a WebSocket by 1001). Afterwards the relay still takes no new ones.
    /// </summary>
    /// <param name="timeout">How long the sessions may live; zero: they are closed at once.</param>
    /// <param name="cancellationToken">Ends the wait, and leaves the sessions alone; new ones are not taken.</param>
    /// <returns>True when no session is left; false: <see cref="Resume"/> came before.</returns>
    public async Task<bool> DrainAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Task<bool> emptied = _door.Close();
        Log.Draining(_logger, SessionCount, timeout);
        try
        {
            return await emptied.WaitAsync(timeout, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.DrainOverdue(_logger, SessionCount);
        }

        while (true)
        {
            await _census.TellAllAsync(
                new SessionMessage.Close(SessionEnd.Draining, DrainingText), cancellationToken).ConfigureAwait(false);
            try
            {
                return await emptied.WaitAsync(ClosePatience, _timeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Some close slowly, and some may not have been there yet.
            }
        }
    }

    /// <summary>Takes new sessions again, and leaves alone those that a drain has not closed yet.</summary>
    public void Resume()
    {
        if (_door.IsClosed)
        {
            _door.Open();
            Log.Resumed(_logger);
        }
    }

    /// <summary>
    /// Closes all sessions and waits until they are gone, and takes no more. When the token is cancelled the wait ends,
    /// and the closing goes on.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _system.StopAsync(cancellationToken);

    /// <summary>As <see cref="StopAsync"/>, without an end to its patience.</summary>
    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync().ConfigureAwait(false);
        _ownLookups?.Dispose();
        _metrics.Dispose();
    }

    private void LogFailure(ActorFailure failure)
    {
        // The path of what belongs to a session: /sessions/12/stream-3.
        if (failure.Actor.Path.Split('/') is ["", "sessions", var sessionId, ..])
        {
            Log.SessionActorFailed(_logger, failure.Exception, sessionId, failure.Actor.Path);
        }
        else
        {
            Log.ActorFailed(_logger, failure.Exception, failure.Actor.Path);
        }
    }

    private static ActorSystemOptions ActorsOf(TimeProvider timeProvider, RelayPorts? ports) =>
        new() { TimeProvider = timeProvider, MeterFactory = ports?.MeterFactory };

    private async Task ServeAsync(IClientArrival client, CancellationToken cancellationToken)
    {
        if (!_door.TryEnter())
        {
            Log.Drained(_logger, client.RemoteEndPoint);
            await client.TurnAwayAsync(new CloseReason(CloseKind.GoingAway, DrainingText)).ConfigureAwait(false);
            return;
        }

        try
        {
            ActorRef<SessionMessage>? session = await StartAsync(client, cancellationToken).ConfigureAwait(false);
            if (session is null)
            {
                return;
            }

            using CancellationTokenRegistration closing = cancellationToken.UnsafeRegister(
                static session => ((ActorRef<SessionMessage>)session!).TryTell(
                    new SessionMessage.Close(SessionEnd.RelayStopping, Stopping)),
                session);
            await session.Termination.ConfigureAwait(false);
        }
        finally
        {
            _door.Leave();
        }
    }

    private async Task<ActorRef<SessionMessage>?> StartAsync(
        IClientArrival client,
        CancellationToken cancellationToken)
    {
        long number = Interlocked.Increment(ref _lastSession);
        string sessionId = NameOf(number);
        ISessionPolicy? policy = await _admission.AdmitAsync(sessionId, client, cancellationToken)
            .ConfigureAwait(false);
        if (policy is null)
        {
            return null;
        }

        ActorRef<SessionMessage>? session = await SpawnAsync(number, sessionId, client, policy).ConfigureAwait(false);
        if (session is null)
        {
            policy.Dispose();
        }

        return session;
    }

    /// <summary>Makes the session; null: the client is turned away already.</summary>
    private async Task<ActorRef<SessionMessage>?> SpawnAsync(
        long number,
        string sessionId,
        IClientArrival client,
        ISessionPolicy policy)
    {
        try
        {
            ActorRef<SessionMessage>? session = await _sessions.AskAsync<ActorRef<SessionMessage>?>(
                replyTo => new SessionsMessage.Start(
                    number, sessionId, () => CreateSession(sessionId, client, policy), replyTo),
                StartPatience).ConfigureAwait(false);
            if (session is null)
            {
                _metrics.Refused("session", "node_sessions");
                Log.TooManySessions(_logger, client.RemoteEndPoint, _settings.MaxSessions);
                await client.TurnAwayAsync(
                    new CloseReason(CloseKind.Refused, $"The relay has {_settings.MaxSessions} sessions already"))
                    .ConfigureAwait(false);
            }

            return session;
        }
        catch (InvalidOperationException)
        {
            Log.Stopped(_logger, client.RemoteEndPoint);
            await client.TurnAwayAsync(new CloseReason(CloseKind.GoingAway, Stopping)).ConfigureAwait(false);
            return null;
        }
    }

    private string NameOf(long number) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_settings.NodeName}{(_settings.NodeName.Length == 0 ? "" : "-")}{number}");

    private SessionActor CreateSession(string sessionId, IClientArrival client, ISessionPolicy policy)
    {
        var outbox = new Outbox(_settings.SessionBytesEachWay);
        var scope = new SessionScope(
            sessionId, policy, _node, Lookups, _settings, outbox, _endingServers, _metrics, _logger, _timeProvider)
        {
            Directory = _directory,
        };
        return new SessionActor(scope, client);
    }

    private static partial class Log
    {
        [LoggerMessage(
            5060,
            LogLevel.Warning,
            "{RemoteEndPoint} was turned away: {MaxSessions} sessions are open (setting MaxSessions)")]
        public static partial void TooManySessions(ILogger logger, string remoteEndPoint, int maxSessions);

        [LoggerMessage(5061, LogLevel.Debug, "{RemoteEndPoint} was turned away: the relay is stopping")]
        public static partial void Stopped(ILogger logger, string remoteEndPoint);

        [LoggerMessage(5063, LogLevel.Debug, "{RemoteEndPoint} was turned away: the relay is draining")]
        public static partial void Drained(ILogger logger, string remoteEndPoint);

        [LoggerMessage(5064, LogLevel.Information, "draining: {Sessions} sessions may live for {Timeout}")]
        public static partial void Draining(ILogger logger, int sessions, TimeSpan timeout);

        [LoggerMessage(5065, LogLevel.Information, "draining: {Sessions} sessions are left, and are closed")]
        public static partial void DrainOverdue(ILogger logger, int sessions);

        [LoggerMessage(5066, LogLevel.Information, "new sessions are taken again")]
        public static partial void Resumed(ILogger logger);

        [LoggerMessage(5067, LogLevel.Information, "Session {SessionId} is closed by an operator: {Reason}")]
        public static partial void Kicked(ILogger logger, string sessionId, string reason);

        [LoggerMessage(5068, LogLevel.Error, "Session {SessionId} failed in the actor {ActorPath}")]
        public static partial void SessionActorFailed(
            ILogger logger, Exception exception, string sessionId, string actorPath);

        [LoggerMessage(5062, LogLevel.Error, "The actor {ActorPath} failed")]
        public static partial void ActorFailed(ILogger logger, Exception exception, string actorPath);
    }
}
