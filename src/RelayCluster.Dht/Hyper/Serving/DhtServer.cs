using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Links;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// A server on a node of this process.
/// <code>
///   Announcer                keeps it announced, so that nodes relay clients' handshakes to it
///   Router ──handshake──► PendingHandshakes ──new one──► Acceptance ──stream──► backlog ──► AcceptAsync
///                             │        ▲                     │                     ▲
///                             └─repeat─┘ answer ◄────────────┘                     │
///   TryAccept ──link, by other means than the DHT──► LinkAcceptance ──stream───────┘
/// </code>
/// <para>
/// Handshakes arrive on the node's loop, and what is known of them lives there; the work on each, key exchange
/// included, runs on the thread pool, and comes back to the loop with its answer. What strangers can make grow is
/// bounded: the handshakes under way, the memory of settled ones, and the backlog. While the backlog is full nobody new
/// is answered; who is under way then and finds it full is cut off.
/// </para>
/// <para>
/// Closing goes from the outside in: the node stops handing over handshakes, those under way are given up and waited
/// for, the announcements are taken back, and what nobody took from the backlog is destroyed. Connections that were
/// taken go on.
/// </para>
/// </summary>
internal sealed partial class DhtServer : IDhtServer, ILinkServer, ILocalServer
{
    private readonly ServerContext _context;
    private readonly IServerIdentity _identity;
    private readonly DhtServerOptions _options;
    private readonly Action<DhtServer> _closed;
    private readonly Announcer _announcer;
    private readonly HandshakeRoom _room;
    private readonly PendingHandshakes _pending;
    private readonly ServerPunches _punches = new();
    private readonly Channel<DhtStream> _backlog;
    private readonly CancellationTokenSource _closing = new();
    private readonly OpenDoor _underWay = new();
    private readonly Lock _lock = new();
    private Task? _close;

    /// <summary>A server that does not listen yet.</summary>
    /// <param name="context">Its node.</param>
    /// <param name="identity">Whose server it is.</param>
    /// <param name="options">Not changed from here on.</param>
    /// <param name="closed">Told when the server is closed.</param>
    public DhtServer(
        ServerContext context,
        IServerIdentity identity,
        DhtServerOptions options,
        Action<DhtServer> closed)
    {
        _context = context;
        _identity = identity;
        _options = options;
        _closed = closed;
        Target = Blake2b.Hash(identity.PublicKey.Span);
        _announcer = new Announcer(
            new RpcAnnounceNetwork(context.Rpc), identity.Signer, context.Streams.TimeProvider);
        _room = new HandshakeRoom(options.MaxPendingHandshakes);
        _pending = new PendingHandshakes(_room);
        _backlog = Channel.CreateBounded<DhtStream>(options.Backlog);
        context.Rpc.StateChanged += _announcer.RequestRefresh;
    }

    /// <inheritdoc/>
    public Fixed32 PublicKey => _identity.PublicKey;

    /// <inheritdoc/>
    public DhtServerAddress Address => new(PublicKey, _context.Rpc.PublicEndPoint?.ToIPEndPoint());

    /// <inheritdoc/>
    public Fixed32 Target { get; }

    /// <inheritdoc/>
    public byte[] Record => _announcer.Record;

    /// <summary>Whether it is open, and its backlog is not full.</summary>
    private bool TakesClients => !_closing.IsCancellationRequested && _backlog.Reader.Count < _options.Backlog;

    /// <summary>Begins to answer, and announces; once only.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        _context.Rpc.Socket.Post(_ => _context.Handler.Add(this));
        await _announcer.StartAsync(cancellationToken).ConfigureAwait(false);
        Log.Listening(_context.Logger, PublicKey, _announcer.Relays.Count);
    }

    /// <inheritdoc/>
    public async ValueTask<DhtStream?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _backlog.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_backlog.Reader.TryRead(out DhtStream? stream))
            {
                return stream;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void HandleHandshake(TimeSpan now, HandshakeQuestion question)
    {
        if (!TakesClients)
        {
            return;
        }

        Fixed32 key = Blake2b.Hash(question.Noise.Span);
        if (_pending.TryBegin(now, key, question) && _underWay.TryEnter())
        {
            // closing waits for it at the door
            _ = Task.Run(() => AcceptAsync(key, question));
        }
    }

    /// <inheritdoc/>
    public bool TryAccept(DhtLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (!TakesClients || !_room.TryEnter())
        {
            return false;
        }

        if (!_underWay.TryEnter())
        {
            _room.Leave();
            return false;
        }

        // closing waits for it at the door
        _ = Task.Run(() => AcceptAsync(link));
        return true;
    }

    /// <inheritdoc/>
    public byte[]? HandleHolepunch(ulong id, ReadOnlySpan<byte> payload, UdpEndPoint client, UdpEndPoint relay) =>
        _punches.HandleRound(id, payload, client, isOwnRelay: _announcer.Relays.Any(r => r.RelayAddress == relay));

    /// <inheritdoc/>
    public ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _close ??= Task.Run(() => RunCloseAsync(cancellationToken), CancellationToken.None);
        }

        return new ValueTask(_close);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(CancellationToken.None);

    private async Task AcceptAsync(Fixed32 key, HandshakeQuestion question)
    {
        try
        {
            var acceptance = new Acceptance(_context.Streams, _options, question, _punches);
            await AcceptAsync(
                question.ClientAddress.ToIPEndPoint(),
                handshake => acceptance.RunAsync(
                    handshake,
                    _announcer.Relays,
                    answer => _context.Rpc.Socket.Post(_ => _pending.Answer(key, answer)),
                    _closing.Token)).ConfigureAwait(false);
        }
        finally
        {
            _context.Rpc.Socket.Post(now => _pending.Settle(now, key));
            _underWay.Leave();
        }
    }

    private async Task AcceptAsync(DhtLink link)
    {
        try
        {
            var acceptance = new LinkAcceptance(_context.Streams.Links, _options, _context.Streams.TimeProvider);
            await AcceptAsync(
                link.RemoteEndPoint,
                handshake => acceptance.RunAsync(handshake, link, _closing.Token)).ConfigureAwait(false);
        }
        finally
        {
            _room.Leave();
            _underWay.Leave();
        }
    }

    private async Task AcceptAsync(IPEndPoint clientAddress, Func<INoiseHandshake, Task<DhtStream?>> accept)
    {
        try
        {
            using INoiseHandshake handshake = _identity.CreateHandshake();
            DhtStream? stream = await accept(handshake).ConfigureAwait(false);
            if (stream is null)
            {
                Log.Refused(_context.Logger, clientAddress, PublicKey);
            }
            else if (_backlog.Writer.TryWrite(stream))
            {
                Log.Accepted(_context.Logger, stream.RemotePublicKey, PublicKey);
            }
            else
            {
                Log.Overflowed(_context.Logger, PublicKey, _options.Backlog);
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // whatever a client or its handshake brings about concerns nobody but this client
            Log.Failed(_context.Logger, clientAddress, PublicKey, e.Message);
        }
    }

    private async Task RunCloseAsync(CancellationToken cancellationToken)
    {
        _context.Rpc.StateChanged -= _announcer.RequestRefresh;
        _context.Rpc.Socket.Post(_ => _context.Handler.Remove(this));
        await _closing.CancelAsync().ConfigureAwait(false);
        await _underWay.ShutAsync().ConfigureAwait(false);
        _backlog.Writer.TryComplete();
        try
        {
            await _announcer.StopAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or DhtException)
        {
            Log.NotWithdrawn(_context.Logger, PublicKey);
        }

        while (_backlog.Reader.TryRead(out DhtStream? stream))
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }

        _announcer.Dispose();
        _closed(this);
        Log.Closed(_context.Logger, PublicKey);
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Information, "Listening on {PublicKey}, announced at {NodeCount} nodes")]
        public static partial void Listening(ILogger logger, Fixed32 publicKey, int nodeCount);

        [LoggerMessage(2202, LogLevel.Debug, "{RemotePublicKey} connected to {PublicKey}")]
        public static partial void Accepted(ILogger logger, Fixed32 remotePublicKey, Fixed32 publicKey);

        [LoggerMessage(2203, LogLevel.Debug, "The client at {ClientAddress} was refused by {PublicKey}")]
        public static partial void Refused(
            ILogger logger, IPEndPoint clientAddress, Fixed32 publicKey);

        [LoggerMessage(2204, LogLevel.Debug, "The client at {ClientAddress} did not reach {PublicKey}: {Reason}")]
        public static partial void Failed(
            ILogger logger, IPEndPoint clientAddress, Fixed32 publicKey, string reason);

        [LoggerMessage(2205, LogLevel.Warning,
            "A connection to {PublicKey} was cut off: {Backlog} wait to be taken already (Backlog)")]
        public static partial void Overflowed(ILogger logger, Fixed32 publicKey, int backlog);

        [LoggerMessage(2206, LogLevel.Debug, "The announcements of {PublicKey} were not taken back")]
        public static partial void NotWithdrawn(ILogger logger, Fixed32 publicKey);

        [LoggerMessage(2207, LogLevel.Information, "Stopped listening on {PublicKey}")]
        public static partial void Closed(ILogger logger, Fixed32 publicKey);
    }
}
