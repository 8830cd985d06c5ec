using System.Globalization;
using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Sharing;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Directory;
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
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    private readonly IDhtNode _node;
    private readonly RelaySettings _settings;
    private readonly RelayMetrics _metrics;
    private readonly IServerDirectory? _directory;
    private readonly ILogger _logger;
    private readonly EndingServers _endingServers = new();
    private readonly TimeProvider _timeProvider;
    private readonly ActorSystem _system;
    private readonly ActorRef<SessionsMessage> _sessions;
    private long _lastSession;
    private int _sessionCount;

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
        actors.OnFailure ??= failure => Log.ActorFailed(_logger, failure.Exception, failure.Actor.Path);
        _system = new ActorSystem(actors);
        _sessions = _system.Spawn("sessions", () => new SessionsActor(_settings.MaxSessions));
    }

    /// <summary>How many sessions there are, those that are closing included.</summary>
    public int SessionCount => Volatile.Read(ref _sessionCount);

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
    /// Closes all sessions and waits until they are gone, and takes no more. When the token is cancelled the wait ends,
    /// and the closing goes on.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _system.StopAsync(cancellationToken);

    /// <summary>As <see cref="StopAsync"/>, without an end to its patience.</summary>
    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    private static ActorSystemOptions ActorsOf(TimeProvider timeProvider, RelayPorts? ports) =>
        new() { TimeProvider = timeProvider, MeterFactory = ports?.MeterFactory };

    private async Task ServeAsync(IClientArrival client, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sessionCount);
        try
        {
            ActorRef<SessionMessage>? session = await StartAsync(client).ConfigureAwait(false);
            if (session is null)
            {
                await client.DisposeAsync().ConfigureAwait(false);
                return;
            }

            using CancellationTokenRegistration closing = cancellationToken.UnsafeRegister(
                static session => ((ActorRef<SessionMessage>)session!).TryTell(SessionMessage.Close),
                session);
            await session.Termination.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _sessionCount);
        }
    }

    private async Task<ActorRef<SessionMessage>?> StartAsync(IClientArrival client)
    {
        string sessionId = Interlocked.Increment(ref _lastSession).ToString(CultureInfo.InvariantCulture);
        try
        {
            ActorRef<SessionMessage>? session = await _sessions.AskAsync<ActorRef<SessionMessage>?>(
                replyTo => new SessionsMessage(sessionId, () => CreateSession(sessionId, client), replyTo),
                StartPatience).ConfigureAwait(false);
            if (session is null)
            {
                Log.TooManySessions(_logger, client.RemoteEndPoint, _settings.MaxSessions);
            }

            return session;
        }
        catch (InvalidOperationException)
        {
            Log.Stopped(_logger, client.RemoteEndPoint);
            return null;
        }
    }

    private SessionActor CreateSession(string sessionId, IClientArrival client)
    {
        var outbox = new Outbox(_settings.SessionBytesEachWay);
        var scope = new SessionScope(sessionId, _node, _settings, outbox, _endingServers, _metrics, _logger, _timeProvider)
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

        [LoggerMessage(5062, LogLevel.Error, "The actor {ActorPath} failed")]
        public static partial void ActorFailed(ILogger logger, Exception exception, string actorPath);
    }
}
