using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Membership;
using RelayCluster.Crypto;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Placement;

/// <summary>
/// Finds the node that serves a client's session, before anything of what the client sent is read, and takes sessions
/// of clients that came to other nodes.
/// <code>
/// client ──► this node ── fabric: placement/session, to the owner of a random key ──► it has its share: no
///                      ── … to the emptiest node ───────────────────────────────────► yes: address, ticket
///                      ══ node connection, purpose "session" ══════════════════════►  the session
/// </code>
/// Nothing that goes wrong on the way refuses a client: if the engine, or the node, cannot be had, or takes longer than
/// <see cref="PlacementOptions.Timeout"/>, the session is served here. <see cref="PlacementRules"/> has the decisions.
/// </summary>
public sealed partial class SessionPlacement
{
    internal const string Region = "sessions";
    internal const string Subject = "placement/session";
    internal const string LeavingSubject = "placement/leaving";
    internal const string Purpose = "session";

    private const int WeightUnit = 100;

    private readonly IFabric _fabric;
    private readonly NodeConnections _connections;
    private readonly Func<IReadOnlyList<Member>> _members;
    private readonly PlacementOptions _options;
    private readonly ClusterMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly FleetLoads _others = new();
    private readonly SessionDoors _doors = new();
    private readonly TaskSet _carrying = new();
    private SessionHandler? _serveAsync;
    private int _sessions;
    private int _placing;
    private volatile bool _takesSessions;
    private volatile bool _isIll;

    internal SessionPlacement(
        IFabric fabric,
        NodeConnections connections,
        Func<IReadOnlyList<Member>> members,
        PlacementOptions options,
        ClusterMetrics metrics,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        _fabric = fabric;
        _connections = connections;
        _members = members;
        _options = options;
        _metrics = metrics;
        _timeProvider = timeProvider;
        _logger = loggerFactory.CreateLogger<SessionPlacement>();
        fabric.Handle(Subject, Answer);
        fabric.Handle(LeavingSubject, HandleLeavingAsync);
        connections.Handle(Purpose, ServeAsync);
    }

    /// <summary>How many sessions live here, or are on their way to here.</summary>
    public int SessionCount => Volatile.Read(ref _sessions) + _connections.CountGranted(Purpose);

    /// <summary>Serves the sessions that other nodes hand on; said before the start.</summary>
    public void Serve(SessionHandler serveAsync) => _serveAsync = serveAsync;

    /// <summary>Whether this node takes sessions from now on, of whoever's clients; at first it does not.</summary>
    public async ValueTask TakeSessionsAsync(bool takesSessions, CancellationToken cancellationToken)
    {
        _takesSessions = takesSessions;
        int weight = Math.Clamp(_options.Capacity / WeightUnit, 1, RegionWeight.Max);
        await _fabric.SetWeightAsync(Region, takesSessions ? weight : 0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the place of a session. The client has to wait for it, but never for long.</summary>
    /// <param name="origin">Where the client comes from.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async ValueTask<SessionPlace> PlaceAsync(ClientOrigin origin, CancellationToken cancellationToken)
    {
        if (StaysHere())
        {
            return Stay("here");
        }

        using var timeout = new CancellationTokenSource(_options.Timeout, _timeProvider);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            NodeConnection? connection = await FindAsync(SessionClient.Of(origin), patience.Token).ConfigureAwait(false);
            _isIll = false;
            if (connection is null)
            {
                return Stay("here");
            }

            _metrics.Placed("elsewhere");
            return new SessionPlace(
                connection.DisposeAsync,
                (client, abortClient, token) => CarryAsync(connection, client, abortClient, token));
        }
        catch (FabricException e)
        {
            return StayForWant(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return StayForWant($"nobody took it within {_options.Timeout.TotalSeconds} s (setting Timeout)");
        }
    }

    /// <summary>
    /// This node stops: has the sessions that it carries to other nodes closed there, so that their clients hear why,
    /// and completes when they are. To be given up by the caller, if a node does not hear of it.
    /// </summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await _fabric.TellAllAsync(LeavingSubject, default, cancellationToken).ConfigureAwait(false);
        await _carrying.WhenAllAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds to what the fleet is told what it should know for its own placements.</summary>
    internal NodeLoad Measure(NodeLoad load)
    {
        int placed = SessionCount;
        return load with
        {
            Placed = placed,
            Capacity = _options.Capacity,
            Load = (double)placed / _options.Capacity,
        };
    }

    private SessionLoad[] GetOthers()
    {
        IReadOnlyList<Member> members = _members();
        lock (_lock)
        {
            _others.HandleMembers(members);
            return [.. _others.Nodes];
        }
    }

    private SessionLoad? GetSelf() =>
        _takesSessions ? new SessionLoad(_fabric.NodeName, SessionCount, _options.Capacity) : null;

    private IEnumerable<SessionLoad> WithSelf(IEnumerable<SessionLoad> others) =>
        GetSelf() is { } self ? others.Append(self) : others;

    private bool StaysHere() =>
        PlacementRules.StaysHere(_options.Mode, _options.BalanceMargin / 100.0, GetSelf(), GetOthers());

    private SessionPlace Stay(string outcome)
    {
        _metrics.Placed(outcome);
        Interlocked.Increment(ref _sessions);
        return new SessionPlace(() =>
        {
            Interlocked.Decrement(ref _sessions);
            return ValueTask.CompletedTask;
        });
    }

    private SessionPlace StayForWant(string reason)
    {
        // once for an illness of the fleet, not for each client
        if (!_isIll)
        {
            _isIll = true;
            Log.NoPlace(_logger, reason);
        }

        return Stay("failed");
    }

    private Task<bool> CarryAsync(
        NodeConnection node,
        IDuplexPipe client,
        Action abortClient,
        CancellationToken cancellationToken)
    {
        Task<bool> carrying =
            new SessionSplice(client, abortClient, node, _metrics, _timeProvider).RunAsync(cancellationToken);
        _carrying.AddOutcome(carrying);
        return carrying;
    }

    /// <summary>The way to the node that takes it; null if that is this one.</summary>
    private async ValueTask<NodeConnection?> FindAsync(SessionClient client, CancellationToken cancellationToken)
    {
        PlacementReply reply = await AskOwnerAsync(client, cancellationToken).ConfigureAwait(false);
        if (!reply.Takes)
        {
            if (FindEmptiest() is not { } emptiest)
            {
                return null;
            }

            reply = await AskEmptiestAsync(emptiest, client, cancellationToken).ConfigureAwait(false);
        }

        if (!reply.Takes)
        {
            throw new FabricException(FabricError.Refused, $"{reply.Node} takes no more sessions");
        }

        return reply.Grant is { } grant
            ? await _connections.DialAsync(reply.Node, grant, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private async ValueTask<PlacementReply> AskOwnerAsync(SessionClient client, CancellationToken cancellationToken)
    {
        int placing = Interlocked.Increment(ref _placing);
        try
        {
            double evenShare = PlacementRules.GetEvenShare(WithSelf(GetOthers()), placing);
            var owner = FabricAddress.OfOwner(Region, RandomBytes.NextFixed32().ToString());
            return await AskAsync(owner, new PlacementRequest(client, evenShare), cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _placing);
        }
    }

    /// <summary>The emptiest node, which is sent a session by this; null if it is this one, or all are full.</summary>
    private string? FindEmptiest()
    {
        IReadOnlyList<Member> members = _members();
        lock (_lock)
        {
            _others.HandleMembers(members);
            string? emptiest = PlacementRules.FindEmptiest(WithSelf(_others.Nodes));
            if (emptiest is null || emptiest == _fabric.NodeName)
            {
                return null;
            }

            _others.HandleSent(emptiest);
            return emptiest;
        }
    }

    private async ValueTask<PlacementReply> AskEmptiestAsync(
        string node,
        SessionClient client,
        CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(
                FabricAddress.OfNode(node), new PlacementRequest(client, EvenShare: null), cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _others.HandleArrived(node);
            }
        }
    }

    private async ValueTask<PlacementReply> AskAsync(
        FabricAddress address,
        PlacementRequest request,
        CancellationToken cancellationToken)
    {
        PlacementReply reply = await _fabric.AskAsync(
            address,
            Subject,
            request,
            PlacementJson.Default.PlacementRequest,
            PlacementJson.Default.PlacementReply,
            cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _others.HandleAnswer(new SessionLoad(reply.Node, reply.Sessions, reply.Capacity));
        }

        return reply;
    }

    private IAsyncEnumerable<ReadOnlyMemory<byte>> Answer(FabricRequest request, CancellationToken cancellationToken)
    {
        PlacementRequest wanted =
            JsonSerializer.Deserialize(request.Body.Span, PlacementJson.Default.PlacementRequest)!;
        ReadOnlyMemory<byte> reply = JsonSerializer.SerializeToUtf8Bytes(
            Answer(request.From, wanted), PlacementJson.Default.PlacementReply);
        return new[] { reply }.ToAsyncEnumerable();
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> HandleLeavingAsync(
        FabricRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _doors.CloseAsync(request.From).ConfigureAwait(false);
        yield break;
    }

    private PlacementReply Answer(string asker, PlacementRequest request)
    {
        if (GetSelf() is not { } self)
        {
            throw new FabricException(FabricError.Refused, $"{_fabric.NodeName} takes no sessions now");
        }

        bool takes = request.EvenShare is { } evenShare ? PlacementRules.IsWithin(evenShare, self) : self.HasRoom;
        ConnectionGrant? grant = takes && asker != self.Node
            ? _connections.Grant(new Ticket(
                asker,
                Purpose,
                JsonSerializer.SerializeToUtf8Bytes(request.Client, PlacementJson.Default.SessionClient)))
            : null;
        return new PlacementReply(self.Node, takes ? self.Sessions + 1 : self.Sessions, self.Capacity, takes, grant);
    }

    private async Task ServeAsync(NodeConnection connection, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sessions);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, _doors.Open(connection.Node));
        try
        {
            SessionClient client =
                JsonSerializer.Deserialize(connection.Data.Span, PlacementJson.Default.SessionClient)!;
            SessionHandler serveAsync = _serveAsync
                ?? throw new InvalidOperationException($"{nameof(Serve)} has not been called");
            await serveAsync(client.ToOrigin(), connection, closing.Token).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _sessions);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            7200,
            LogLevel.Warning,
            "Sessions that should live on another node are served here until the fleet is well: {Reason}")]
        public static partial void NoPlace(ILogger logger, string reason);
    }
}
