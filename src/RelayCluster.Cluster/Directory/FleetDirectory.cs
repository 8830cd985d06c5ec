using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Membership;
using RelayCluster.Crypto;
using RelayCluster.Dht.Links;
using RelayCluster.Relay.Directory;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Directory;

/// <summary>
/// The servers of all clients of the fleet. Each node tells the others which came and went as that happens, so a connect
/// finds its server without asking anybody; what was missed is seen by a number that each node tells every two seconds,
/// and asked for.
/// <code>
///   Add ──► OwnServers ──broadcast──► the others' DirectoryTable
///   OpenAsync ──► LocalDirectory: in process     or DirectoryTable: ServerLinks, to the node that has it
/// </code>
/// <para>
/// What is told may be stale: a node that has died, a server that has closed. Whoever finds that out by a link that cannot
/// be had, or ends at once, uses the DHT.
/// </para>
/// </summary>
public sealed partial class FleetDirectory : IServerDirectory, IAsyncDisposable
{
    private const string UpdateSubject = "directory/update";
    private const string SnapshotSubject = "directory/snapshot";

    /// <summary>How many nodes are tried for a server that listens on several.</summary>
    private const int MaxTries = 2;

    private static readonly TimeSpan DigestPeriod = TimeSpan.FromSeconds(2);

    private readonly IFabric _fabric;
    private readonly Fleet _fleet;
    private readonly ServerLinks _links;
    private readonly ILogger _logger;
    private readonly LocalDirectory _local = new();
    private readonly Lock _lock = new();
    private readonly OwnServers _own = new(BinaryPrimitives.ReadUInt64LittleEndian(RandomBytes.NextFixed32().Span));
    private readonly DirectoryTable _others = new();
    private readonly TaskSet _running = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly ITimer _timer;
    private bool _isStarted;
    private bool _isDigestDue;
    private bool _isTelling;

    /// <summary>A directory that the others do not know of yet.</summary>
    /// <param name="fabric">What joins the nodes; not started yet.</param>
    /// <param name="fleet">Tells which nodes are down.</param>
    /// <param name="connections">What links run over; not started yet.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Where failures are logged.</param>
    public FleetDirectory(
        IFabric fabric,
        Fleet fleet,
        NodeConnections connections,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(connections);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _fabric = fabric;
        _fleet = fleet;
        _logger = loggerFactory.CreateLogger<FleetDirectory>();
        _links = new ServerLinks(connections, _local, timeProvider);
        _timer = timeProvider.CreateTimer(
            static self => ((FleetDirectory)self!).TellDigest(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        fabric.Handle(UpdateSubject, HandleUpdate);
        fabric.Handle(SnapshotSubject, HandleSnapshot);
        fleet.Changed += HandleMember;
    }

    /// <summary>How many servers of other nodes are known.</summary>
    public int RemoteServerCount
    {
        get
        {
            lock (_lock)
            {
                return _others.Count;
            }
        }
    }

    /// <summary>Begins to tell; the fabric is started.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _isStarted = true;
        }

        _timer.Change(DigestPeriod, DigestPeriod);
        TellDigest();
    }

    /// <inheritdoc/>
    public IDisposable Add(ILinkServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        IDisposable entry = _local.Add(server);
        Change(own => own.Add(server.PublicKey));
        return new DirectoryEntry(() =>
        {
            entry.Dispose();
            Change(own => own.Remove(server.PublicKey));
        });
    }

    /// <inheritdoc/>
    public async ValueTask<DhtLink?> OpenAsync(Fixed32 publicKey, CancellationToken cancellationToken = default)
    {
        if (await _local.OpenAsync(publicKey, cancellationToken).ConfigureAwait(false) is { } near)
        {
            return near;
        }

        string[] nodes = Find(publicKey);
        RandomNumberGenerator.Shuffle(nodes.AsSpan());
        for (int i = 0; i < nodes.Length; i++)
        {
            try
            {
                return await _links.OpenAsync(nodes[i], publicKey, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e) when (i < Math.Min(nodes.Length, MaxTries) - 1)
            {
                Log.NoLink(_logger, nodes[i], publicKey, e.Message);
            }
        }

        return null;
    }

    /// <summary>Tells no more, and hears no more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_leaving.IsCancellationRequested)
        {
            return;
        }

        _fleet.Changed -= HandleMember;
        await _leaving.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _running.WhenAllAsync().ConfigureAwait(false);
    }

    /// <summary>The nodes that are known to have a server on a key.</summary>
    internal string[] Find(Fixed32 key)
    {
        lock (_lock)
        {
            return _others.Find(key);
        }
    }

    private void HandleMember(MemberChange change)
    {
        if (change.IsDown)
        {
            lock (_lock)
            {
                _others.Forget(change.Name);
            }
        }
    }

    private IAsyncEnumerable<ReadOnlyMemory<byte>> HandleUpdate(
        FabricRequest request,
        CancellationToken cancellationToken)
    {
        DirectoryMessage message = DirectoryMessage.Decode(request.Body.Span);
        bool isNew;
        List<string> toAsk = [];
        lock (_lock)
        {
            isNew = _others.Handle(request.From, message);
            while (_others.TryTakeToAsk(out string? node))
            {
                toAsk.Add(node);
            }
        }

        foreach (string node in toAsk)
        {
            _running.Add(AskAsync(node));
        }

        if (isNew)
        {
            TellDigest();
        }

        return AsyncEnumerable.Empty<ReadOnlyMemory<byte>>();
    }

    private IAsyncEnumerable<ReadOnlyMemory<byte>> HandleSnapshot(
        FabricRequest request,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<DirectoryMessage> parts;
        lock (_lock)
        {
            parts = _own.CreateSnapshot();
        }

        return parts.Select(ReadOnlyMemory<byte> (part) => part.Encode()).ToAsyncEnumerable();
    }

    private async Task AskAsync(string node)
    {
        List<DirectoryMessage> parts = [];
        try
        {
            IAsyncEnumerable<ReadOnlyMemory<byte>> replies = _fabric.AskAsync(
                FabricAddress.OfNode(node), SnapshotSubject, ReadOnlyMemory<byte>.Empty, _leaving.Token);
            await foreach (ReadOnlyMemory<byte> reply in replies.ConfigureAwait(false))
            {
                parts.Add(DirectoryMessage.Decode(reply.Span));
                if (parts.Count > DirectoryMessage.MaxParts)
                {
                    throw new ProtocolException($"it has more than {OwnServers.MaxTold} servers");
                }
            }

            lock (_lock)
            {
                _others.HandleSnapshot(node, parts);
            }
        }
        catch (Exception e) when (e is FabricException or ProtocolException or OperationCanceledException)
        {
            Log.NoSnapshot(_logger, node, e.Message);
            lock (_lock)
            {
                _others.HandleNoAnswer(node);
            }
        }
    }

    private void Change(Action<OwnServers> change)
    {
        lock (_lock)
        {
            change(_own);
        }

        Tell();
    }

    private void TellDigest()
    {
        lock (_lock)
        {
            _isDigestDue = true;
        }

        Tell();
    }

    /// <summary>One at a time tells what there is, so that the messages are told in their order.</summary>
    private void Tell()
    {
        lock (_lock)
        {
            if (_isTelling || !_isStarted || _leaving.IsCancellationRequested)
            {
                return;
            }

            _isTelling = true;
        }

        _running.Add(TellAsync());
    }

    private async Task TellAsync()
    {
        while (TakeMessage() is { } message)
        {
            try
            {
                await _fabric.TellAllAsync(UpdateSubject, message.Encode(), _leaving.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FabricException or OperationCanceledException)
            {
                // the others see by the next number that they have missed it
                Log.NotTold(_logger, e.Message);
            }
        }
    }

    private DirectoryMessage? TakeMessage()
    {
        lock (_lock)
        {
            DirectoryMessage? message = _own.TakeUpdate() ?? (_isDigestDue ? _own.CreateDigest() : null);
            _isTelling = message is not null;

            // a message with changes has the number too
            _isDigestDue = false;
            return message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7200, LogLevel.Debug, "node {Node} gave no link to {PublicKey}: {Reason}")]
        public static partial void NoLink(ILogger logger, string node, Fixed32 publicKey, string reason);

        [LoggerMessage(7201, LogLevel.Debug, "node {Node} did not tell its servers: {Reason}")]
        public static partial void NoSnapshot(ILogger logger, string node, string reason);

        [LoggerMessage(7202, LogLevel.Debug, "the fleet was not told of this node's servers: {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
