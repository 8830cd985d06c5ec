using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Membership;
using RelayCluster.Relay;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Lookups;

namespace RelayCluster.Cluster.Administration;

/// <summary>
/// What an operator can ask and have done at any node, about all of them: the other nodes are asked over the fabric.
/// This one answers also while the engine is away.
/// </summary>
public sealed class FleetAdministration
{
    private readonly IFabric _fabric;
    private readonly Fleet _fleet;
    private readonly NodeAdministration _here;

    /// <summary>The administration of a node that is not started yet.</summary>
    /// <param name="fabric">What joins the nodes; not started yet.</param>
    /// <param name="fleet">Who is in the fleet.</param>
    /// <param name="drain">Whether this node takes sessions.</param>
    public FleetAdministration(IFabric fabric, Fleet fleet, NodeDrain drain)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(drain);
        _fabric = fabric;
        _fleet = fleet;
        _here = new NodeAdministration(fabric, drain);
    }

    /// <summary>Whose sessions this node has; until then it tells of none.</summary>
    public void Serve(RelayServer relay) => _here.Serve(relay);

    /// <summary>All nodes, those that went down of late included, by name.</summary>
    public IReadOnlyList<MemberSummary> GetMembers() => [.. _fleet.Members.Select(MemberSummary.Of)];

    /// <summary>The sessions of all nodes, or of one, node by node; one that cannot be asked is a line too.</summary>
    /// <param name="node">The node; null for all that are not down.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AdministrationException">There is no such node.</exception>
    public IAsyncEnumerable<FleetLine<SessionSummary>> GetSessionsAsync(
        string? node, CancellationToken cancellationToken) =>
        CollectAsync(node is null ? FindAll() : [Find(node)], GetSessionsOfAsync, cancellationToken);

    /// <summary>What each node has of the keys of each region.</summary>
    public IAsyncEnumerable<FleetLine<ShardSummary>> GetShardsAsync(CancellationToken cancellationToken) =>
        CollectAsync(FindAll(), GetShardsOfAsync, cancellationToken);

    /// <summary>The topics that are being looked up, or kept, by node.</summary>
    public IAsyncEnumerable<FleetLine<TopicLookup>> GetLookupsAsync(CancellationToken cancellationToken) =>
        CollectAsync(FindAll(), GetLookupsOfAsync, cancellationToken);

    /// <summary>One session, wherever it is, with its servers, streams and queries.</summary>
    /// <exception cref="AdministrationException">There is none of that name, or its node cannot be asked.</exception>
    public async Task<SessionTree> GetSessionAsync(string id, CancellationToken cancellationToken)
    {
        string node = FindOwner(id);
        SessionTree? tree = null;
        if (IsHere(node))
        {
            tree = await _here.GetSessionAsync(id, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            IAsyncEnumerable<SessionTree> pieces = AskAsync(
                node,
                NodeAdministration.SessionSubject,
                JsonSerializer.SerializeToUtf8Bytes(new SessionQuestion(id), OrderJson.Default.SessionQuestion),
                AdministrationJson.Default.SessionTree,
                cancellationToken);
            await foreach (SessionTree piece in pieces.ConfigureAwait(false))
            {
                tree = tree is null ? piece : SessionPieces.Join(tree, piece);
            }
        }

        return tree ?? throw UnknownSession(id);
    }

    /// <summary>Closes one session, wherever it is.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="reason">A line for its client.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AdministrationException">There is none of that name, or its node cannot be asked.</exception>
    public async Task KickAsync(string id, string reason, CancellationToken cancellationToken)
    {
        string node = FindOwner(id);
        bool isFound = IsHere(node)
            ? await _here.KickAsync(id, reason, cancellationToken).ConfigureAwait(false)
            : (await OrderAsync(
                node,
                NodeAdministration.KickSubject,
                JsonSerializer.SerializeToUtf8Bytes(new KickOrder(id, reason), OrderJson.Default.KickOrder),
                OrderJson.Default.KickReply,
                cancellationToken).ConfigureAwait(false)).IsFound;
        if (!isFound)
        {
            throw UnknownSession(id);
        }
    }

    /// <summary>Has a node take no more sessions; returns when it has begun to drain.</summary>
    /// <param name="node">The node.</param>
    /// <param name="timeout">How long its sessions may live; null: as the node is set up.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AdministrationException">There is no such node, or it cannot be asked.</exception>
    public Task<NodeReply> DrainAsync(string node, TimeSpan? timeout, CancellationToken cancellationToken) =>
        IsHere(Find(node))
            ? _here.DrainAsync(timeout, cancellationToken)
            : OrderAsync(
                node,
                NodeAdministration.DrainSubject,
                JsonSerializer.SerializeToUtf8Bytes(new DrainOrder(timeout), OrderJson.Default.DrainOrder),
                AdministrationJson.Default.NodeReply,
                cancellationToken);

    /// <summary>Has a node take sessions again.</summary>
    /// <exception cref="AdministrationException">There is no such node, or it is stopping, or cannot be
    /// asked.</exception>
    public Task<NodeReply> ResumeAsync(string node, CancellationToken cancellationToken) =>
        IsHere(Find(node))
            ? _here.ResumeAsync(cancellationToken)
            : OrderAsync(
                node,
                NodeAdministration.ResumeSubject,
                ReadOnlyMemory<byte>.Empty,
                AdministrationJson.Default.NodeReply,
                cancellationToken);

    private static AdministrationException UnknownSession(string id) =>
        new(AdministrationError.UnknownSession, $"there is no session {id}");

    private static AdministrationException Explain(FabricException e) => new(
        e.Error switch
        {
            FabricError.NoSuchNode => AdministrationError.UnknownNode,
            FabricError.Refused => AdministrationError.Refused,
            _ => AdministrationError.NodeUnreachable,
        },
        e.Message,
        e);

    private bool IsHere(string node) => node == _fabric.NodeName;

    private string[] FindAll() =>
        [.. _fleet.Members.Where(member => member.State != MemberState.Down).Select(member => member.Name)];

    private string Find(string node) => _fleet.Find(node) switch
    {
        null => throw new AdministrationException(
            AdministrationError.UnknownNode, $"there is no node {node} in the fleet"),
        { State: MemberState.Down } => throw new AdministrationException(
            AdministrationError.NodeUnreachable, $"node {node} is down"),
        { } member => member.Name,
    };

    /// <summary>The node whose name begins a session's.</summary>
    private string FindOwner(string id)
    {
        int end = id.LastIndexOf('-');
        string node = end < 0 ? string.Empty : id[..end];
        return _fleet.Find(node) is null ? throw UnknownSession(id) : Find(node);
    }

    private static async IAsyncEnumerable<FleetLine<T>> CollectAsync<T>(
        IReadOnlyList<string> nodes,
        Func<string, CancellationToken, IAsyncEnumerable<T>> askAsync,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        foreach (string node in nodes)
        {
            IAsyncEnumerator<T> items = askAsync(node, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using ConfiguredAsyncDisposable ending = items.ConfigureAwait(false);
            while (true)
            {
                string? failure = null;
                try
                {
                    if (!await items.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }
                }
                catch (AdministrationException e)
                {
                    failure = e.Message;
                }

                yield return new FleetLine<T>(node, failure is null ? items.Current : null, failure);
                if (failure is not null)
                {
                    break;
                }
            }
        }
    }

    private IAsyncEnumerable<SessionSummary> GetSessionsOfAsync(string node, CancellationToken cancellationToken) =>
        IsHere(node)
            ? _here.GetSessionsAsync(cancellationToken)
            : AskForPagesAsync(
                node,
                NodeAdministration.SessionsSubject,
                AdministrationJson.Default.IReadOnlyListSessionSummary,
                cancellationToken);

    private IAsyncEnumerable<ShardSummary> GetShardsOfAsync(string node, CancellationToken cancellationToken) =>
        IsHere(node)
            ? _here.GetShards().ToAsyncEnumerable()
            : AskForPagesAsync(
                node,
                NodeAdministration.ShardsSubject,
                AdministrationJson.Default.IReadOnlyListShardSummary,
                cancellationToken);

    private IAsyncEnumerable<TopicLookup> GetLookupsOfAsync(string node, CancellationToken cancellationToken) =>
        IsHere(node)
            ? _here.GetLookupsAsync(cancellationToken)
            : AskForPagesAsync(
                node,
                NodeAdministration.LookupsSubject,
                AdministrationJson.Default.IReadOnlyListTopicLookup,
                cancellationToken);

    private IAsyncEnumerable<T> AskForPagesAsync<T>(
        string node, string subject, JsonTypeInfo<IReadOnlyList<T>> pageType, CancellationToken cancellationToken) =>
        AskAsync(node, subject, ReadOnlyMemory<byte>.Empty, pageType, cancellationToken)
            .SelectMany(static page => page);

    private async Task<T> OrderAsync<T>(
        string node,
        string subject,
        ReadOnlyMemory<byte> order,
        JsonTypeInfo<T> replyType,
        CancellationToken cancellationToken)
        where T : class =>
        await AskAsync(node, subject, order, replyType, cancellationToken)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false)
        ?? throw new AdministrationException(AdministrationError.NodeUnreachable, $"node {node} gave no answer");

    private async IAsyncEnumerable<T> AskAsync<T>(
        string node,
        string subject,
        ReadOnlyMemory<byte> question,
        JsonTypeInfo<T> replyType,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<ReadOnlyMemory<byte>> replies = _fabric
            .AskAsync(FabricAddress.OfNode(node), subject, question, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable ending = replies.ConfigureAwait(false);
        while (true)
        {
            T reply;
            try
            {
                if (!await replies.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }

                reply = JsonSerializer.Deserialize(replies.Current.Span, replyType)
                    ?? throw new JsonException("null is no answer");
            }
            catch (FabricException e)
            {
                throw Explain(e);
            }
            catch (JsonException e)
            {
                throw new AdministrationException(
                    AdministrationError.NodeUnreachable, $"node {node} answers in another way: {e.Message}", e);
            }

            yield return reply;
        }
    }
}
