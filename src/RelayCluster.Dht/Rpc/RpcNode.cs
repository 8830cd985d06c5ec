using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Dht.Rpc.Answers;
using RelayCluster.Dht.Rpc.Nat;
using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// A node of the Kademlia layer on a UDP socket that it shares with the streams: the driver of
/// <see cref="RpcProtocol"/>.
/// </summary>
/// <remarks>
/// <para>
/// The protocol lives on the socket's loop and is touched nowhere else. Calls from other threads become commands posted
/// to the loop; what comes back are tasks and channels, whose continuations run on the thread pool. What may be asked
/// without a wait (id, address, NAT) is a snapshot that the loop replaces when it changes.
/// </para>
/// <para>
/// Closing stops the loop first, then ends what still waits: a command posted too late is dropped by the socket, so
/// every waiter listens to <see cref="Closing"/> by itself.
/// </para>
/// <para>
/// The only other thing that this class does is to look up the names of bootstrap nodes: at the start if nothing but
/// names is known, later whenever the protocol says that nobody is known or nobody replied, one look-up at a time.
/// </para>
/// </remarks>
internal sealed partial class RpcNode : IAsyncDisposable
{
    /// <summary>
    /// The longest value of a request or a reply: with all other fields it fits one datagram everywhere.
    /// </summary>
    public const int MaxValueBytes = 1200;

    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _bootstrapped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RpcNodeOptions _options;
    private readonly RpcProtocol _protocol;
    private readonly BootstrapResolver _resolver;
    private readonly ILogger _logger;
    private readonly RpcMetrics? _metrics;
    private Task _resolving = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private volatile RpcNodeState _state;
    private int _disposed;

    private RpcNode(
        UdxSocket socket,
        RpcNodeOptions options,
        IRpcRequestHandler handler,
        ILoggerFactory? loggerFactory,
        IMeterFactory? meterFactory)
    {
        Socket = socket;
        _options = options;
        _resolver = new BootstrapResolver(options.Bootstrap);
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<RpcNode>();
        _protocol = new RpcProtocol(options, socket.LocalEndPoint, RpcSeeds.Draw(), handler, Answer)
        {
            StateChanged = HandleStateChanged,
            Isolated = HandleIsolated,
            Probed = from => Probed?.Invoke(from),
        };
        _state = Snapshot();
        _metrics = meterFactory is null ? null : new RpcMetrics(meterFactory, _protocol);
    }

    /// <summary>The socket, for streams. It is the node's: disposing the node disposes it.</summary>
    public UdxSocket Socket { get; }

    /// <summary>Where the socket is bound.</summary>
    public UdpEndPoint LocalEndPoint => Socket.LocalEndPoint;

    /// <summary>The node's id; null while it is ephemeral.</summary>
    public Fixed32? Id => _state.Id;

    /// <summary>Whether the node keeps its id to itself.</summary>
    public bool IsEphemeral => _state.Id is null;

    /// <summary>Whether strangers cannot reach the node.</summary>
    public bool IsFirewalled => _protocol.Membership.IsFirewalled;

    /// <summary>
    /// How others see the node: its address if they agree on one; its port 0 if they only disagree on that.
    /// </summary>
    public UdpEndPoint? PublicEndPoint => _state.PublicEndPoint;

    /// <summary>Where strangers can reach the node; null if they cannot, or it is not known.</summary>
    public UdpEndPoint? RemoteAddress => _state.RemoteAddress;

    /// <summary>What the node knows of the NAT before it.</summary>
    public NatKind Nat => _state.Nat;

    /// <summary>How many nodes the routing table holds.</summary>
    public int NodeCount => _protocol.Neighbours.Table.Count;

    /// <summary>Completes when the first query for neighbours has ended, also if it found none.</summary>
    public Task Bootstrapped => _bootstrapped.Task;

    /// <summary>Cancelled when the node is disposed.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>
    /// <see cref="Id"/>, <see cref="IsEphemeral"/> or <see cref="PublicEndPoint"/> changed. Raised on the loop:
    /// handlers must neither block nor throw.
    /// </summary>
    public event Action? StateChanged;

    /// <summary>
    /// A datagram of one byte came, from this address. Raised on the loop: handlers must neither block nor throw.
    /// </summary>
    public event Action<UdpEndPoint>? Probed;

    /// <summary>Binds the socket and begins to join.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static RpcNode Start(
        RpcNodeOptions options,
        IRpcRequestHandler handler,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        UdxSocket socket = UdxSocket.Bind(
            options.BindAddress,
            new UdxSocketOptions
            {
                TimeProvider = timeProvider ?? TimeProvider.System,
                MeterFactory = meterFactory,
            });
        var node = new RpcNode(socket, options, handler, loggerFactory, meterFactory);
        socket.Start(node._protocol);
        node._watching = node.WatchLoopAsync();
        node.Join();
        return node;
    }

    /// <summary>Asks a node, and waits for its reply, which may carry an error code.</summary>
    /// <exception cref="DhtException">No reply came, or the node was disposed.</exception>
    public async Task<RpcReply> RequestAsync(
        UdpEndPoint to,
        RpcRequest request,
        CancellationToken cancellationToken = default)
    {
        CheckValue(request.Value);
        var awaited = new AwaitedRequest(to, request);
        using CancellationTokenRegistration closing = Closing.UnsafeRegister(
            static state => ((AwaitedRequest)state!).Fail(RequestFailure.NodeClosed),
            awaited);
        using CancellationTokenRegistration cancelling = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                awaited.Cancel(token);
                Post((protocol, now) => protocol.Requests.Cancel(now, awaited));
            },
            null);
        Post((protocol, now) =>
        {
            if (!awaited.Reply.IsCompleted)
            {
                protocol.Requests.Start(now, awaited);
            }
        });
        return await awaited.Reply.ConfigureAwait(false);
    }

    /// <summary>Asks a node whether it is there.</summary>
    /// <exception cref="DhtException">No reply came, or the node was disposed.</exception>
    public Task<RpcReply> PingAsync(
        UdpEndPoint to,
        int retries = RpcRequest.DefaultRetries,
        CancellationToken cancellationToken = default) =>
        RequestAsync(to, new RpcRequest(RpcCommand.Ping) { IsInternal = true, Retries = retries }, cancellationToken);

    /// <summary>
    /// Asks ever closer nodes the same thing, which must have a target. The query starts when it is read.
    /// </summary>
    public RpcQuery Query(RpcRequest request, RpcQueryOptions? options = null)
    {
        CheckValue(request.Value);
        return new RpcQuery(this, request, options ?? new RpcQueryOptions(), _options.Concurrency, _options.NodeFilter);
    }

    /// <summary>Looks for the nodes closest to a target.</summary>
    public RpcQuery FindNode(Fixed32 target, RpcQueryOptions? options = null) =>
        Query(new RpcRequest(RpcCommand.FindNode, target) { IsInternal = true }, options);

    /// <summary>Puts a node into the routing table unseen.</summary>
    public void AddNode(UdpEndPoint endPoint) => Post((protocol, now) => protocol.Neighbours.Add(now, endPoint));

    /// <summary>The nodes last heard of, the latest first.</summary>
    /// <exception cref="DhtException">The node was disposed.</exception>
    public async Task<IReadOnlyList<UdpEndPoint>> GetRecentNodesAsync(int limit)
    {
        var nodes = new TaskCompletionSource<IReadOnlyList<UdpEndPoint>>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration closing = Closing.Register(
            () => nodes.TrySetException(new DhtException(DhtError.NodeDestroyed)));
        Post((protocol, _) => nodes.TrySetResult(
            [.. protocol.Neighbours.LatestFirst.Take(limit).Select(static node => node.EndPoint)]));
        return await nodes.Task.ConfigureAwait(false);
    }

    /// <summary>Sends a datagram of one byte, which opens the NATs on its way for what comes back.</summary>
    public void SendProbe(UdpEndPoint to) => Post((protocol, _) => protocol.SendProbe(to));

    /// <summary>Runs something on the protocol, on its loop; dropped once the node is disposed.</summary>
    public void Post(Action<RpcProtocol, TimeSpan> command) => Socket.Post(now => command(_protocol, now));

    /// <summary>
    /// Ends every request and query with <see cref="DhtError.NodeDestroyed"/>, and closes the socket.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await Socket.DisposeAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await _resolving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _bootstrapped.TrySetException(new DhtException(DhtError.NodeDestroyed));
        _protocol.Close(TimeSpan.Zero);
        _metrics?.Dispose();
    }

    /// <summary>However the loop ends, nobody must wait for it any longer.</summary>
    private async Task WatchLoopAsync()
    {
        await Socket.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Socket.Completion.Exception is { } error)
        {
            Log.LoopFailed(_logger, LocalEndPoint, error.InnerException ?? error);
        }

        await _closing.CancelAsync().ConfigureAwait(false);
    }

    private static void CheckValue(ReadOnlyMemory<byte>? value)
    {
        if (value?.Length > MaxValueBytes)
        {
            throw new ArgumentException(
                $"a value has at most {MaxValueBytes} bytes, not {value.Value.Length}",
                nameof(value));
        }
    }

    private void Join()
    {
        if (_resolver.HasOnlyNames)
        {
            _resolving = ResolveAndBootstrapAsync();
        }
        else
        {
            IReadOnlyList<UdpEndPoint> known = _resolver.GetKnown();
            Post((protocol, now) => protocol.Bootstrap(now, known));
        }
    }

    private void Answer(OutgoingDatagram answer)
    {
        if (Socket.IsOnLoop)
        {
            _protocol.Answer(answer);
        }
        else
        {
            Post((protocol, _) => protocol.Answer(answer));
        }
    }

    private RpcNodeState Snapshot() => new(
        _protocol.Id,
        _protocol.Membership.Nat.Consensus,
        _protocol.Membership.RemoteAddress,
        _protocol.Membership.Kind,
        _protocol.IsBootstrapped);

    private void HandleStateChanged()
    {
        RpcNodeState before = _state;
        _state = Snapshot();
        if (_state.Id != before.Id)
        {
            Log.MembershipChanged(_logger, _state.Id, _state.PublicEndPoint);
        }

        StateChanged?.Invoke();
        if (_state.IsBootstrapped && !before.IsBootstrapped)
        {
            Log.Bootstrapped(_logger, LocalEndPoint, NodeCount);
            _bootstrapped.TrySetResult();
        }
    }

    private void HandleIsolated()
    {
        if (_options.Bootstrap.Count > 0)
        {
            Log.Isolated(_logger, _options.Bootstrap.Count);
        }

        if (_resolver.HasNames && _resolving.IsCompleted)
        {
            _resolving = ResolveAndBootstrapAsync();
        }
    }

    private async Task ResolveAndBootstrapAsync()
    {
        IReadOnlyList<UdpEndPoint> resolved = await _resolver.ResolveAsync(Closing).ConfigureAwait(false);
        Post((protocol, now) => protocol.HandleResolved(now, resolved));
    }
}
