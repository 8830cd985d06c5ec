using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Client.Custody;
using RelayCluster.Client.Servers;
using RelayCluster.Client.Sessions;
using RelayCluster.Client.Transports;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Client;

/// <summary>
/// A node of the DHT behind a relay: the API of a direct node, over one WebSocket, one TCP connection, or any other
/// duplex of byte messages. The relay may be one of this project's or npm <c>@hyperswarm/dht-relay</c>.
/// </summary>
/// <remarks>
/// <para>
/// <b>Keys.</b> By default the node is custodial: the relay gets the secret keys that it connects, listens and announces
/// with. With <see cref="RelayedDhtOptions.Custodial"/> false they stay here.
/// </para>
/// <para>
/// <b>A lost relay.</b> When the connection is lost, everything under way fails with <see cref="DhtError.RelayLost"/>, or
/// <see cref="DhtError.ProtocolViolation"/> if it was this side that ended it. Then <see cref="State"/> is
/// <see cref="RelayedDhtState.Lost"/>, or, with <see cref="RelayedDhtOptions.Reconnect"/>,
/// <see cref="RelayedDhtState.Reconnecting"/>: later calls wait, and servers stay and listen again by themselves.
/// </para>
/// <para>
/// <b>Reading.</b> All streams share one connection, and the protocol has no flow control for one of them: bytes that nobody
/// reads gather up to <see cref="RelayedDhtOptions.BufferBytes"/>, and then everything waits. So accept and read each
/// stream, or dispose it.
/// </para>
/// </remarks>
public sealed partial class RelayedDht : IDhtNode
{
    private readonly RelayConnection _connection;
    private readonly ILogger _logger;
    private readonly bool _ownsKeyPair;
    private Task? _disposed;

    private RelayedDht(Func<CancellationToken, ValueTask<RelayChannel>> dial, RelayedDhtOptions options)
    {
        _logger = options.LoggerFactory?.CreateLogger<RelayedDht>() ?? NullLogger<RelayedDht>.Instance;
        _ownsKeyPair = options.KeyPair is null;
        DefaultKeyPair = options.KeyPair ?? KeyPair.Generate();
        _connection = new RelayConnection(dial, DefaultKeyPair, options, HandleChange, _logger);
    }

    /// <summary>Raised after each change of <see cref="State"/>, on the thread pool, one at a time.</summary>
    public event EventHandler<RelayedDhtStateChangedEventArgs>? StateChanged;

    /// <summary>How the node stands to its relay.</summary>
    public RelayedDhtState State => _connection.State;

    /// <inheritdoc/>
    public KeyPair DefaultKeyPair { get; }

    /// <summary>Connects to a relay.</summary>
    /// <param name="relay">
    /// <c>ws://host</c>, <c>wss://host</c> (port 49443 where none is given) or <c>tcp://host</c> (49444).
    /// </param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The address or an option makes no sense.</exception>
    /// <exception cref="NotSupportedException">The options ask for what cannot be; the message says why.</exception>
    /// <exception cref="DhtException">The relay cannot be reached: <see cref="DhtError.RelayLost"/>.</exception>
    public static ValueTask<RelayedDht> ConnectAsync(
        Uri relay,
        RelayedDhtOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relay);
        RelayedDhtOptions copy = (options ?? new RelayedDhtOptions()).Copy();
        return StartAsync(RelayAddress.GetDialer(relay, copy), copy, cancellationToken);
    }

    /// <summary>Starts on connections of the caller's making: any duplex of byte messages.</summary>
    /// <param name="dial">
    /// Connects to the relay; called again when the node reconnects. The transport is the node's then. Failures are
    /// <see cref="IOException"/>s.
    /// </param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    /// <exception cref="NotSupportedException">The options ask for what cannot be; the message says why.</exception>
    /// <exception cref="DhtException">The relay cannot be reached: <see cref="DhtError.RelayLost"/>.</exception>
    public static ValueTask<RelayedDht> StartAsync(
        Func<CancellationToken, ValueTask<IMessageTransport>> dial,
        RelayedDhtOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dial);
        RelayedDhtOptions copy = (options ?? new RelayedDhtOptions()).Copy();
        var channelOptions = new RelayChannelOptions { Dialect = copy.Dialect };
        return StartAsync(
            async token => RelayChannel.Open(await dial(token).ConfigureAwait(false), channelOptions),
            copy,
            cancellationToken);
    }

    /// <summary>
    /// Starts on channels of the caller's making, such as one that shares its muxer with other protocols.
    /// </summary>
    /// <param name="dial">
    /// Opens the relay protocol; called again when the node reconnects. The channel is the node's then.
    /// <see cref="RelayedDhtOptions.Dialect"/> is to be the channel's. Failures are <see cref="IOException"/>s.
    /// </param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    /// <exception cref="NotSupportedException">The options ask for what cannot be; the message says why.</exception>
    /// <exception cref="DhtException">The relay cannot be reached: <see cref="DhtError.RelayLost"/>.</exception>
    public static async ValueTask<RelayedDht> StartAsync(
        Func<CancellationToken, ValueTask<RelayChannel>> dial,
        RelayedDhtOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dial);
        var node = new RelayedDht(dial, (options ?? new RelayedDhtOptions()).Copy());
        try
        {
            await node._connection.StartAsync(cancellationToken).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        KeyPair keyPair = options?.KeyPair ?? DefaultKeyPair;
        Session session = await _connection.GetSessionAsync(cancellationToken).ConfigureAwait(false);
        return await session.ConnectAsync(remotePublicKey, keyPair, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IDhtServer> ListenAsync(
        KeyPair? keyPair = null,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var server = new RelayedServer(
            _connection, keyPair ?? DefaultKeyPair, (options ?? new DhtServerOptions()).Copy());
        _connection.Add(server);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default) =>
        QueryAsync(id => new LookupMessage(id, topic), null, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        return QueryAsync(
            id => new AnnounceMessage(id, topic, keyPair.PublicKey, ForRelay(keyPair)),
            new Signer(topic, keyPair),
            cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        return QueryAsync(
            id => new UnannounceMessage(id, topic, keyPair.PublicKey, ForRelay(keyPair)),
            new Signer(topic, keyPair),
            cancellationToken);
    }

    /// <summary>
    /// Closes the servers, so that nobody finds them any more, and then the connection; streams that are open are cut.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        // the first call disposes, and all wait for it
        var disposing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? first = Interlocked.CompareExchange(ref _disposed, disposing.Task, null);
        return first is null ? DisposeCoreAsync(disposing) : new ValueTask(first);
    }

    private async ValueTask DisposeCoreAsync(TaskCompletionSource disposing)
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        if (_ownsKeyPair)
        {
            DefaultKeyPair.Dispose();
        }

        disposing.SetResult();
    }

    private async IAsyncEnumerable<LookupReply> QueryAsync(
        Func<uint, RelayMessage> ask,
        Signer? signer,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Session session = await _connection.GetSessionAsync(cancellationToken).ConfigureAwait(false);
        Signer? own = _connection.Options.Custodial ? null : signer;
        await foreach (LookupReply reply in session.Queries.RunAsync(ask, own, cancellationToken).ConfigureAwait(false))
        {
            yield return reply;
        }
    }

    private KeyPair? ForRelay(KeyPair keyPair) => _connection.Options.Custodial ? keyPair : null;

    private void HandleChange(RelayedDhtState state, DhtException? reason)
    {
        try
        {
            StateChanged?.Invoke(this, new RelayedDhtStateChangedEventArgs(state, reason));
        }
        catch (Exception e)
        {
            // a listener's own trouble must not cost the node its relay
            Log.ListenerFailed(_logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8020, LogLevel.Error, "A listener of StateChanged failed")]
        public static partial void ListenerFailed(ILogger logger, Exception exception);
    }
}
