using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Dht;
using RelayCluster.Relay.Lookups;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Lookups;

/// <summary>
/// Lookups that a whole fleet shares: each topic is looked up by its owner, the node to which the region
/// <c>lookups</c> gives it, and the owner's replies are streamed to all nodes whose sessions ask.
/// </summary>
/// <remarks>
/// <code>
///  sessions ──> SharedLookups ──> OwnerLookup ══ fabric: lookups/run ══> SharedLookups ──> DHT
///               one ask a topic       │               (the owner)        one query a topic, and the keeping
///               on each node          └── the owner failed ─────────────> SharedLookups ──> DHT
///                                                                          of this node
/// </code>
/// <para>
/// <b>The answer</b> is the owner's: its order, and also what nodes of the DHT say about who asked them, the address
/// that they saw (<see cref="LookupReply.To"/>) and the token for it. It is kept by the owner only, so that it gets no
/// older than <see cref="LookupOptions.Keep"/>.
/// </para>
/// <para>
/// <b>Failure.</b> If the owner goes, is silent, refuses, fails or sends nonsense, and while the engine cannot be had,
/// this node asks the DHT itself, for all of its sessions together, and leaves out the nodes whose replies were given
/// already. So nothing hangs longer than the fabric's silence (3 s) or <see cref="OwnerLookup.Patience"/>.
/// </para>
/// <para>
/// <b>Changes.</b> When a session announces or takes back something under a topic, the owner is told to forget what it
/// found before the client hears that it is done, so that it sees itself in its next lookup. Only a session of a third
/// node that joins a lookup under way there may see the state of when that began.
/// </para>
/// </remarks>
public sealed partial class FleetLookups : ITopicLookups, IAsyncDisposable
{
    /// <summary>The region in which topics have owners.</summary>
    public const string Region = "lookups";

    internal const string RunSubject = "lookups/run";
    internal const string ForgetSubject = "lookups/forget";

    /// <summary>All nodes are as good at it: a lookup is a few dozen datagrams.</summary>
    private const int Weight = 100;

    /// <summary>An announcement's end does not wait longer for an owner that does not answer.</summary>
    private static readonly TimeSpan ForgetPatience = TimeSpan.FromSeconds(1);

    private readonly IFabric _fabric;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ActorSystem _actors;
    private readonly SharedLookups _ofSessions;
    private readonly SharedLookups _ofNodes;
    private volatile TopicSource? _dht;

    /// <summary>A node's part in the fleet's lookups; made before the fabric is started.</summary>
    /// <param name="fabric">What joins the nodes.</param>
    /// <param name="options">Read once, here. <see cref="LookupOptions.Keep"/> is the owner's, the bounds are of each
    /// of the two tables.</param>
    /// <param name="actors">For the actors of its lookups: the clock and, in tests, who runs them.</param>
    /// <param name="loggerFactory">Where lookups log.</param>
    /// <param name="metrics">The node's.</param>
    /// <param name="meterFactory">Where the meters of shared lookups come from; null for some of their own.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal FleetLookups(
        IFabric fabric,
        LookupOptions options,
        ActorSystemOptions actors,
        ILoggerFactory loggerFactory,
        ClusterMetrics metrics,
        IMeterFactory? meterFactory)
    {
        _fabric = fabric;
        _timeProvider = actors.TimeProvider;
        _logger = loggerFactory.CreateLogger<FleetLookups>();
        actors.OnFailure ??= failure => Log.ActorFailed(_logger, failure.Exception, failure.Actor.Path);
        _actors = new ActorSystem(actors);
        _ofNodes = new SharedLookups(
            _actors, "owned-lookups", QueryDht, LookupPlace.AtOwner, options, loggerFactory, meterFactory);
        var owner = new OwnerLookup(fabric, _ofNodes, _timeProvider, metrics, _logger);
        _ofSessions = new SharedLookups(
            _actors,
            "lookups",
            owner.LookupAsync,
            LookupPlace.BeforeOwner,
            new LookupOptions { Keep = TimeSpan.Zero, MaxTopics = options.MaxTopics, MaxBytes = options.MaxBytes },
            loggerFactory,
            meterFactory);
        fabric.Handle(RunSubject, RunAsync);
        fabric.Handle(ForgetSubject, ForgetAsync);
    }

    /// <summary>From now on this node can look up, for itself and, with weight, for others.</summary>
    /// <param name="dht">The lookups of the node's own DHT node.</param>
    public void Start(TopicSource dht) => _dht = dht;

    /// <summary>Whether this node owns topics: while it is up.</summary>
    public ValueTask OwnTopicsAsync(bool owns, CancellationToken cancellationToken) =>
        _fabric.SetWeightAsync(Region, owns ? Weight : 0, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default) =>
        _ofSessions.LookupAsync(topic, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(Fixed32 topic, CancellationToken cancellationToken = default)
    {
        await _ofSessions.ForgetAsync(topic, cancellationToken).ConfigureAwait(false);
        await _ofNodes.ForgetAsync(topic, cancellationToken).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(ForgetPatience, _timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            IAsyncEnumerable<ReadOnlyMemory<byte>> replies =
                _fabric.AskAsync(OwnerOf(topic), ForgetSubject, topic.ToArray(), either.Token);
            await foreach (ReadOnlyMemory<byte> _ in replies.ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (exception is FabricException or OperationCanceledException)
        {
            // Then the owner is not asked for the topic either, or is one that knows nothing of it.
            Log.NotForgotten(_logger, topic, exception.Message);
        }
    }

    /// <summary>
    /// What this node looks up or keeps, for itself and for others, as their owner, and what it has asked other owners
    /// for, on behalf of its sessions. A topic that it owns and that sessions of its own ask for is there twice.
    /// </summary>
    /// <inheritdoc/>
    public async Task<IReadOnlyList<TopicLookup>> ListAsync(CancellationToken cancellationToken = default) =>
    [
        .. await _ofNodes.ListAsync(cancellationToken).ConfigureAwait(false),
        .. await _ofSessions.ListAsync(cancellationToken).ConfigureAwait(false),
    ];

    /// <summary>Ends all lookups; who waits for one is told.</summary>
    public async ValueTask DisposeAsync()
    {
        await _actors.DisposeAsync().ConfigureAwait(false);
        _ofSessions.Dispose();
        _ofNodes.Dispose();
    }

    internal static FabricAddress OwnerOf(Fixed32 topic) => FabricAddress.OfOwner(Region, topic.ToString());

    private IAsyncEnumerable<LookupReply> QueryDht(Fixed32 topic, CancellationToken cancellationToken) =>
        _dht is { } dht
            ? dht(topic, cancellationToken)
            : throw new DhtException(DhtError.NodeDestroyed, "The node has not joined the DHT yet");

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> RunAsync(
        FabricRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_dht is null || !LookupQuestion.TryDecode(request.Body.Span, out Fixed32 topic, out ActivityContext asker))
        {
            throw new FabricException(FabricError.Refused, "the node looks up nothing yet, or not this");
        }

        using Activity? span = FleetTraces.StartAnswer(topic, request.From, asker);
        IAsyncEnumerable<IReadOnlyList<LookupReply>> batches = _ofNodes
            .LookupAsync(topic, cancellationToken)
            .InBatches(ReplyBatch.MaxReplies, cancellationToken);
        await foreach (IReadOnlyList<LookupReply> batch in batches.ConfigureAwait(false))
        {
            yield return ReplyBatch.Encode(batch);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ForgetAsync(
        FabricRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.Body.Length != Fixed32.Size)
        {
            throw new FabricException(FabricError.Refused, "a topic has 32 bytes");
        }

        await _ofNodes.ForgetAsync(new Fixed32(request.Body.Span), cancellationToken).ConfigureAwait(false);
        yield break;
    }

    private static partial class Log
    {
        [LoggerMessage(7301, LogLevel.Debug, "The owner of topic {Topic} was not told of its change: {Reason}")]
        public static partial void NotForgotten(ILogger logger, Fixed32 topic, string reason);

        [LoggerMessage(7302, LogLevel.Error, "The actor {ActorPath} failed")]
        public static partial void ActorFailed(ILogger logger, Exception exception, string actorPath);
    }
}
