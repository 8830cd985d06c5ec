using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Relay;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Lookups;

namespace RelayCluster.Cluster.Administration;

/// <summary>
/// What one node tells of itself, and does, for operators who ask at this or another node. Long answers go in pieces,
/// so that neither side holds more than one, and no message of the fabric is large.
/// </summary>
internal sealed class NodeAdministration
{
    public const string SessionsSubject = "admin/sessions";
    public const string SessionSubject = "admin/session";
    public const string ShardsSubject = "admin/shards";
    public const string LookupsSubject = "admin/lookups";
    public const string KickSubject = "admin/kick";
    public const string DrainSubject = "admin/drain";
    public const string ResumeSubject = "admin/resume";

    private const int PageSize = 100;

    private readonly IFabric _fabric;
    private readonly NodeDrain _drain;
    private volatile RelayServer? _relay;

    public NodeAdministration(IFabric fabric, NodeDrain drain)
    {
        _fabric = fabric;
        _drain = drain;
        fabric.Handle(SessionsSubject, TellSessionsAsync);
        fabric.Handle(SessionSubject, TellSessionAsync);
        fabric.Handle(ShardsSubject, TellShardsAsync);
        fabric.Handle(LookupsSubject, TellLookupsAsync);
        fabric.Handle(KickSubject, KickAsync);
        fabric.Handle(DrainSubject, DrainAsync);
        fabric.Handle(ResumeSubject, ResumeAsync);
    }

    /// <summary>Whose sessions there are; before, there are none.</summary>
    public void Serve(RelayServer relay) => _relay = relay;

    public IAsyncEnumerable<SessionSummary> GetSessionsAsync(CancellationToken cancellationToken) =>
        _relay?.GetSessionsAsync(cancellationToken) ?? AsyncEnumerable.Empty<SessionSummary>();

    public Task<SessionTree?> GetSessionAsync(string id, CancellationToken cancellationToken) =>
        _relay?.GetSessionAsync(id, cancellationToken) ?? Task.FromResult<SessionTree?>(null);

    public IReadOnlyList<ShardSummary> GetShards() =>
        [.. _fabric.Weights.OrderBy(pair => pair.Key).Select(pair => new ShardSummary(pair.Key, pair.Value))];

    public async IAsyncEnumerable<TopicLookup> GetLookupsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_relay is { } relay)
        {
            foreach (TopicLookup lookup in await relay.Lookups.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return lookup;
            }
        }
    }

    public Task<bool> KickAsync(string id, string reason, CancellationToken cancellationToken) =>
        _relay?.CloseSessionAsync(id, reason, cancellationToken) ?? Task.FromResult(false);

    public async Task<NodeReply> DrainAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        TimeSpan patience = timeout ?? _drain.DefaultTimeout;
        await _drain.DrainAsync(patience, cancellationToken).ConfigureAwait(false);
        return Describe(patience);
    }

    public async Task<NodeReply> ResumeAsync(CancellationToken cancellationToken)
    {
        await _drain.ResumeAsync(cancellationToken).ConfigureAwait(false);
        return Describe(timeout: null);
    }

    private static T Read<T>(FabricRequest request, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(request.Body.Span, type) ?? throw new JsonException("null is no question");

    private static ReadOnlyMemory<byte> Write<T>(T reply, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(reply, type);

    private NodeReply Describe(TimeSpan? timeout) =>
        new(_fabric.NodeName, _drain.State, _relay?.SessionCount ?? 0, timeout);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> WritePagesAsync<T>(
        IAsyncEnumerable<T> items,
        JsonTypeInfo<IReadOnlyList<T>> pageType,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (T[] page in items.Chunk(PageSize).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return Write(page, pageType);
        }
    }

    private IAsyncEnumerable<ReadOnlyMemory<byte>> TellSessionsAsync(
        FabricRequest request, CancellationToken cancellationToken) =>
        WritePagesAsync(
            GetSessionsAsync(cancellationToken),
            AdministrationJson.Default.IReadOnlyListSessionSummary,
            cancellationToken);

    private IAsyncEnumerable<ReadOnlyMemory<byte>> TellShardsAsync(
        FabricRequest request, CancellationToken cancellationToken) =>
        WritePagesAsync(
            GetShards().ToAsyncEnumerable(),
            AdministrationJson.Default.IReadOnlyListShardSummary,
            cancellationToken);

    private IAsyncEnumerable<ReadOnlyMemory<byte>> TellLookupsAsync(
        FabricRequest request, CancellationToken cancellationToken) =>
        WritePagesAsync(
            GetLookupsAsync(cancellationToken),
            AdministrationJson.Default.IReadOnlyListTopicLookup,
            cancellationToken);

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> TellSessionAsync(
        FabricRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string id = Read(request, OrderJson.Default.SessionQuestion).Id;
        if (await GetSessionAsync(id, cancellationToken).ConfigureAwait(false) is { } tree)
        {
            foreach (SessionTree piece in SessionPieces.Cut(tree, PageSize))
            {
                yield return Write(piece, AdministrationJson.Default.SessionTree);
            }
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> KickAsync(
        FabricRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        KickOrder order = Read(request, OrderJson.Default.KickOrder);
        bool isFound = await KickAsync(order.Id, order.Reason, cancellationToken).ConfigureAwait(false);
        yield return Write(new KickReply(isFound), OrderJson.Default.KickReply);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> DrainAsync(
        FabricRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TimeSpan? timeout = Read(request, OrderJson.Default.DrainOrder).Timeout;
        NodeReply reply = await DrainAsync(timeout, cancellationToken).ConfigureAwait(false);
        yield return Write(reply, AdministrationJson.Default.NodeReply);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ResumeAsync(
        FabricRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NodeReply reply;
        try
        {
            reply = await ResumeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AdministrationException e)
        {
            throw new FabricException(FabricError.Refused, e.Message, e);
        }

        yield return Write(reply, AdministrationJson.Default.NodeReply);
    }
}
