using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Hyper.Serving;
using RelayCluster.Dht.Hyper.Topics;
using RelayCluster.Dht.Links;
using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper;

/// <summary>
/// A node of the HyperDHT on a UDP socket of its own.
/// <code>
///   DhtNode
///     RpcNode               requests, replies, routing table, queries; owns the socket and its loop
///     HyperRequestHandler   what others ask: announcements, values, handshakes to relay
///     Dial                  one for each connection being made
///       HandshakeSearch     query and handshakes through the nodes found
///       DirectStream        what the caller gets: a secret stream over a UDX stream of the socket
///     LinkDial              one for each connection being made over a link that the caller brings
///     DhtServer             one for each key pair listened on
///       Announcer             keeps it announced
///       Acceptance            one for each client coming in
///       LinkAcceptance        one for each client coming in over a link
///     TopicQueries          lookups, announcements and withdrawals
/// </code>
/// <para>
/// Everything that waits belongs to a caller, who can cancel it; disposing the node cancels it all, and ends the
/// streams.
/// Compatible on the wire with the npm package hyperdht 6.
/// </para>
/// </summary>
public sealed partial class DhtNode : IDhtNode, IForeignKeyNode, ILinkNode
{
    /// <summary>How long a node that leaves waits for its servers' announcements to be taken back.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long a listen that is given up takes back what it has announced.</summary>
    private static readonly TimeSpan GiveUpTimeout = TimeSpan.FromSeconds(2);

    private readonly RpcNode _rpc;
    private readonly HyperRequestHandler _handler;
    private readonly LocalAddresses _localAddresses;
    private readonly KeyPair? _ownKeyPair;
    private readonly DialContext _dialing;
    private readonly TopicQueries _topics;
    private readonly ILogger _logger;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ConcurrentDictionary<Fixed32, DhtServer> _servers = new();
    private readonly CancellationTokenSource _disposing = new();
    private int _isDisposed;

    private DhtNode(
        DhtNodeOptions options,
        RpcNode rpc,
        HyperRequestHandler handler,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        _rpc = rpc;
        _handler = handler;
        _loggerFactory = loggerFactory;
        _logger = loggerFactory.CreateLogger<DhtNode>();
        _localAddresses = new LocalAddresses(rpc.LocalEndPoint);
        _ownKeyPair = options.KeyPair is null ? KeyPair.Generate() : null;
        _topics = new TopicQueries(rpc);
        DefaultKeyPair = options.KeyPair ?? _ownKeyPair!;
        bool shareLocal = options.ShareLocalAddresses;
        _dialing = new DialContext
        {
            Network = new RpcPeerNetwork(rpc),
            Socket = rpc.Socket,
            TimeProvider = timeProvider,
            SecretStreamOptions = new SecretStreamOptions
            {
                KeepAlive = options.ConnectionKeepAlive,
                TimeProvider = timeProvider,
            },
            StreamBufferBytes = options.StreamBufferBytes,
            OpenAddress = () => rpc.RemoteAddress,
            Nat = () => new NatView((uint)rpc.Nat, rpc.PublicEndPoint),
            LocalAddresses = () => shareLocal ? _localAddresses.List() : [],
            Links = new LinkCarriers(options.StreamBufferBytes),
            Relays = new KnownRelays(),
        };
    }

    /// <inheritdoc/>
    public KeyPair DefaultKeyPair { get; }

    /// <summary>The local address that the node is bound to.</summary>
    public IPEndPoint EndPoint => _rpc.LocalEndPoint.ToIPEndPoint();

    /// <summary>The node's id in the routing tables of others; null while it is ephemeral.</summary>
    public Fixed32? Id => _rpc.Id;

    /// <summary>
    /// Ends when the node is disposed; faults if its loop broke, after which the node does nothing any more.
    /// </summary>
    public Task Completion => _rpc.Socket.Completion;

    /// <summary>How many nodes this one knows.</summary>
    public int NodeCount => _rpc.NodeCount;

    /// <summary>Binds the socket and joins the network; completes when the node has found its place in it.</summary>
    /// <param name="options">How to join.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <param name="loggerFactory">Where to log; null for nowhere.</param>
    /// <param name="meterFactory">Where its meters come from; null: it is not measured.</param>
    /// <param name="cancellationToken">Gives up joining and closes the socket.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound to.</exception>
    public static async Task<DhtNode> StartAsync(
        DhtNodeOptions options,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        IMeterFactory? meterFactory = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        timeProvider ??= TimeProvider.System;
        loggerFactory ??= Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
        var handler = new HyperRequestHandler(timeProvider, RandomNumberGenerator.GetInt32(int.MaxValue));
        var rpcOptions = new RpcNodeOptions
        {
            BindAddress = new IPEndPoint(options.Host, options.Port),
            Bootstrap = [.. options.Bootstrap.Select(ToAddress)],
            Ephemeral = options.Ephemeral,
            Firewalled = options.Firewalled,
        };
        RpcNode rpc = RpcNode.Start(rpcOptions, handler, timeProvider, loggerFactory, meterFactory);
        handler.Attach(rpc);
        var node = new DhtNode(options, rpc, handler, timeProvider, loggerFactory);
        try
        {
            await rpc.Bootstrapped.WaitAsync(cancellationToken).ConfigureAwait(false);
            Log.Joined(node._logger, rpc.LocalEndPoint, rpc.NodeCount);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        KeyPair keyPair = options?.KeyPair ?? DefaultKeyPair;
        return ConnectAsync(
            new Dial(_dialing, () => BeginHandshake(keyPair, remotePublicKey), remotePublicKey, options).RunAsync,
            remotePublicKey,
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        IForeignIdentity identity,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return ConnectAsync(
            new Dial(_dialing, () => BeginHandshake(identity, remotePublicKey), remotePublicKey, options).RunAsync,
            remotePublicKey,
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DhtStream?> ConnectAsync(
        DhtLink link,
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        KeyPair keyPair = options?.KeyPair ?? DefaultKeyPair;
        return ConnectAsync(
            link, () => BeginHandshake(keyPair, remotePublicKey), remotePublicKey, options, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DhtStream?> ConnectAsync(
        DhtLink link,
        Fixed32 remotePublicKey,
        IForeignIdentity identity,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return ConnectAsync(
            link, () => BeginHandshake(identity, remotePublicKey), remotePublicKey, options, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IDhtServer> ListenAsync(
        KeyPair? keyPair = null,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default) => ListenAsync(
            new KeyPairIdentity(keyPair ?? DefaultKeyPair, _dialing.SecretStreamOptions), options, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IDhtServer> ListenAsync(
        IForeignIdentity identity,
        IAnnounceSigner signer,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(signer);
        return identity.PublicKey == signer.PublicKey
            ? ListenAsync(new ForeignServerIdentity(identity, signer), options, cancellationToken)
            : throw new ArgumentException("the signer's public key is another one", nameof(signer));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default) =>
        RunAsync(stopping => _topics.LookupAsync(topic, stopping), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        return AnnounceAsync(topic, new KeyPairSigner(keyPair), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        IAnnounceSigner signer,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return RunAsync(stopping => _topics.AnnounceAsync(topic, signer, [], stopping), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        return UnannounceAsync(topic, new KeyPairSigner(keyPair), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        IAnnounceSigner signer,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        _rpc.Socket.Post(_ => _handler.Forget(topic, signer.PublicKey));
        return RunAsync(stopping => _topics.UnannounceAsync(topic, signer, stopping), cancellationToken);
    }

    /// <summary>
    /// Leaves the network: gives up what is under way, closes the servers, destroys the connections and closes the
    /// socket. Servers take back their announcements, for which this waits three seconds at most.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _disposing.CancelAsync().ConfigureAwait(false);
        using (var limit = new CancellationTokenSource(CloseTimeout, _dialing.TimeProvider))
        {
            await Task.WhenAll(_servers.Values.Select(s => s.CloseAsync(limit.Token).AsTask())).ConfigureAwait(false);
        }

        await _dialing.Links.CloseAsync().ConfigureAwait(false);
        await _rpc.DisposeAsync().ConfigureAwait(false);
        _localAddresses.Dispose();
        _ownKeyPair?.Dispose();
        _disposing.Dispose();
    }

    private static ForeignHandshake BeginHandshake(IForeignIdentity identity, Fixed32 remotePublicKey) =>
        new(identity.BeginHandshake(), isInitiator: true, identity.PublicKey, remotePublicKey);

    private KeyPairHandshake BeginHandshake(KeyPair keyPair, Fixed32 remotePublicKey) =>
        new(keyPair, remotePublicKey, _dialing.SecretStreamOptions);

    private async ValueTask<DhtStream?> ConnectAsync(
        DhtLink link,
        Func<INoiseHandshake> beginHandshake,
        Fixed32 remotePublicKey,
        DhtConnectOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        var dial = new LinkDial(_dialing.Links, _dialing.TimeProvider, options, beginHandshake);
        try
        {
            return await ConnectAsync(stopping => dial.RunAsync(link, stopping), remotePublicKey, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            // it is ours also where the node has gone before the dial began
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<TStream> ConnectAsync<TStream>(
        Func<CancellationToken, Task<TStream>> dial,
        Fixed32 remotePublicKey,
        CancellationToken cancellationToken)
        where TStream : DhtStream?
    {
        using CancellationTokenSource stopping = Link(cancellationToken);
        try
        {
            TStream stream = await dial(stopping.Token).ConfigureAwait(false);
            if (stream is not null)
            {
                Log.Connected(_logger, remotePublicKey);
            }

            return stream;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DhtException(DhtError.NodeDestroyed);
        }
        catch (DhtException e)
        {
            Log.NotConnected(_logger, remotePublicKey, e.Message);
            throw;
        }
    }

    private async ValueTask<IDhtServer> ListenAsync(
        IServerIdentity identity,
        DhtServerOptions? options,
        CancellationToken cancellationToken)
    {
        using CancellationTokenSource stopping = Link(cancellationToken);
        var context = new ServerContext(_dialing, _rpc, _handler, _loggerFactory.CreateLogger<DhtServer>());
        var server = new DhtServer(context, identity, (options ?? new DhtServerOptions()).Copy(), Remove);
        if (!_servers.TryAdd(identity.PublicKey, server))
        {
            await server.CloseAsync(CancellationToken.None).ConfigureAwait(false);
            throw new DhtException(DhtError.KeyPairAlreadyUsed);
        }

        try
        {
            await server.ListenAsync(stopping.Token).ConfigureAwait(false);
            return server;
        }
        catch (Exception e)
        {
            await GiveUpAsync(server).ConfigureAwait(false);
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new DhtException(DhtError.NodeDestroyed);
            }

            throw;
        }
    }

    private async ValueTask GiveUpAsync(DhtServer server)
    {
        using var limit = new CancellationTokenSource(GiveUpTimeout, _dialing.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _disposing.Token);
        await server.CloseAsync(either.Token).ConfigureAwait(false);
    }

    private static BootstrapAddress ToAddress(BootstrapNode node) =>
        IPAddress.TryParse(node.Host, out IPAddress? address)
            ? new BootstrapAddress(address, null, node.Port)
            : new BootstrapAddress(node.KnownAddress, node.Host, node.Port);

    private void Remove(DhtServer server) => _servers.TryRemove(KeyValuePair.Create(server.PublicKey, server));

    private CancellationTokenSource Link(CancellationToken cancellationToken) =>
        Volatile.Read(ref _isDisposed) == 0
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token)
            : throw new DhtException(DhtError.NodeDestroyed);

    private async IAsyncEnumerable<LookupReply> RunAsync(
        Func<CancellationToken, IAsyncEnumerable<LookupReply>> start,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stopping = Link(cancellationToken);
        await foreach (LookupReply reply in start(stopping.Token).ConfigureAwait(false))
        {
            yield return reply;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Information, "DHT node at {LocalEndPoint} knows {NodeCount} others")]
        public static partial void Joined(ILogger logger, UdpEndPoint localEndPoint, int nodeCount);

        [LoggerMessage(2102, LogLevel.Debug, "Connected to {RemotePublicKey}")]
        public static partial void Connected(ILogger logger, Fixed32 remotePublicKey);

        [LoggerMessage(2103, LogLevel.Debug, "No connection to {RemotePublicKey}: {Reason}")]
        public static partial void NotConnected(ILogger logger, Fixed32 remotePublicKey, string reason);
    }
}
