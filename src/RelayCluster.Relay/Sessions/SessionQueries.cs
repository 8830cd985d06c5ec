using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Queries;
using RelayCluster.Relay.Questions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Sessions;

/// <summary>A session's queries under way, by the client's ids. It belongs to the session's turns.</summary>
internal sealed class SessionQueries(ActorContext<SessionMessage> context, SessionScope scope)
{
    private static readonly PolicyRefusal NotSigned = new(
        "session_queries",
        "The session has as many queries as it may sign for (setting MaxQueries), or the node has no way to ask it");

    private readonly HashSet<uint> _ids = [];
    private readonly Dictionary<ActorRef, SessionQuery> _queries = [];

    /// <summary>How many there are.</summary>
    public int Count => _queries.Count;

    /// <summary>Some of them, or all.</summary>
    public IReadOnlyList<QuerySummary> Take(int limit) =>
    [
        .. _queries.Values.Take(limit).Select(query => new QuerySummary(
            query.Id, query.Kind, query.Topic, context.TimeProvider.GetElapsedTime(query.Started))),
    ];

    /// <exception cref="ProtocolException">The id is in use.</exception>
    public void Lookup(LookupMessage lookup) =>
        Start(lookup.Id, QueryKind.Lookup, lookup.Topic, null, token => scope.Lookups.LookupAsync(lookup.Topic, token));

    /// <exception cref="ProtocolException">The id is in use.</exception>
    public void Announce(AnnounceMessage announce)
    {
        if (announce.KeyPair is { } keyPair)
        {
            Start(
                announce.Id,
                QueryKind.Announce,
                announce.Topic,
                keyPair,
                token => scope.Node.AnnounceAsync(announce.Topic, keyPair, token));
        }
        else
        {
            StartAsked(
                announce.Id,
                QueryKind.Announce,
                announce.Topic,
                announce.PublicKey,
                (node, signer, token) => node.AnnounceAsync(announce.Topic, signer, token));
        }
    }

    /// <exception cref="ProtocolException">The id is in use.</exception>
    public void Unannounce(UnannounceMessage unannounce)
    {
        if (unannounce.KeyPair is { } keyPair)
        {
            Start(
                unannounce.Id,
                QueryKind.Unannounce,
                unannounce.Topic,
                keyPair,
                token => scope.Node.UnannounceAsync(unannounce.Topic, keyPair, token));
        }
        else
        {
            StartAsked(
                unannounce.Id,
                QueryKind.Unannounce,
                unannounce.Topic,
                unannounce.PublicKey,
                (node, signer, token) => node.UnannounceAsync(unannounce.Topic, signer, token));
        }
    }

    /// <summary>Forgets a query whose actor is gone. False: it was none.</summary>
    public bool Remove(ActorRef actor)
    {
        if (!_queries.Remove(actor, out SessionQuery query))
        {
            return false;
        }

        _ids.Remove(query.Id);
        query.Among.Remove(1);
        scope.Policy.Ended(PolicyResource.Query);
        return true;
    }

    private void Start(
        uint id,
        QueryKind kind,
        Fixed32 topic,
        KeyPair? keyPair,
        Func<CancellationToken, IAsyncEnumerable<LookupReply>> start)
    {
        RequireFreeId(id);
        if (scope.Policy.Query(kind, keyPair?.PublicKey, topic) is { } refusal)
        {
            keyPair?.Dispose();
            scope.Refusals.Refuse(id, refusal);
            return;
        }

        scope.Queries.Add(1);
        Spawn(id, kind, topic, keyPair, start, scope.Queries);
    }

    /// <summary>
    /// A query that the client signs for. It must be read for that, so these do not stop the reading when they are too
    /// many; the protocol has no error for a query, so one that is not served is finished without a result.
    /// </summary>
    private void StartAsked(
        uint id,
        QueryKind kind,
        Fixed32 topic,
        Fixed32 publicKey,
        Func<IForeignKeyNode, IAnnounceSigner, CancellationToken, IAsyncEnumerable<LookupReply>> start)
    {
        RequireFreeId(id);
        if (scope.KeylessNode is not { } node || !scope.AskedQueries.IsOpen)
        {
            scope.Refusals.Refuse(id, NotSigned, LogLevel.Warning);
            return;
        }

        if (scope.Policy.Query(kind, publicKey, topic) is { } refusal)
        {
            scope.Refusals.Refuse(id, refusal);
            return;
        }

        scope.AskedQueries.Add(1);
        var signer = new AskedSigner(scope, publicKey, id);
        Spawn(id, kind, topic, null, token => start(node, signer, token), scope.AskedQueries);
    }

    private static string NameOf(QueryKind kind) => kind switch
    {
        QueryKind.Lookup => "lookup",
        QueryKind.Announce => "announce",
        _ => "unannounce",
    };

    private void RequireFreeId(uint id)
    {
        if (_ids.Contains(id))
        {
            throw new ProtocolException($"The id {id} is the one of a query under way");
        }
    }

    private void Spawn(
        uint id,
        QueryKind kind,
        Fixed32 topic,
        KeyPair? keyPair,
        Func<CancellationToken, IAsyncEnumerable<LookupReply>> start,
        Gate among)
    {
        Func<CancellationToken, IAsyncEnumerable<LookupReply>> query = kind == QueryKind.Lookup
            ? start
            : token => scope.Lookups.ForgetAfter(topic, start(token), token);
        _ids.Add(id);
        string name = NameOf(kind);
        ActorRef<QueryOutcome> actor = context.Spawn(
            $"query-{id}",
            () => new QueryActor(scope, id, name, keyPair, query));
        _queries.Add(actor, new SessionQuery(id, name, topic, among, context.TimeProvider.GetTimestamp()));
        context.Watch(actor);
    }
}
