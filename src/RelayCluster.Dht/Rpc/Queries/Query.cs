using RelayCluster.Dht.Rpc.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Queries;

/// <summary>
/// Walks towards a target: asks the nodes it knows, learns closer ones from their replies, asks those, until the 20
/// closest that are alive have replied. A state machine without I/O: it decides whom to ask, somebody else asks.
/// </summary>
/// <remarks>
/// <code>
///  AddNode ──► pending, closest first ──TryTakeNode──► asked ──HandleReply──► done: into the closest, names others
///                    ▲                                  │  └──HandleFailure──► down: its referrers get a hint
///                    └── closer nodes of a reply        └──HandleSlow──► slow: its place goes to another
/// </code>
/// <para>
/// Invariants. A node is asked once (retries are the request table's). Only nodes closer than the 20th closest reply
/// are asked, so the frontier shrinks with each reply. A slow node does not count against the concurrency; when 20
/// replies are in and all that is out is slow, the query is over. Each step reads what strangers send, so the number of
/// nodes that a query considers is bounded, whatever they name.
/// </para>
/// <para>
/// A query that begins with nodes of an earlier one asks only three at a time until the first replies are in: most
/// likely the closest of them replies, and the rest need not be troubled. If it comes to an end with less than five
/// replies, the earlier nodes were stale, and <see cref="WantsTable"/> asks for nodes of the routing table to go on
/// with.
/// </para>
/// <para>
/// The closest reply wins over the order in which the reference walks (last heard, first asked): same result, fewer
/// requests. Replies with an error code lead on, but are neither results nor among the closest.
/// </para>
/// </remarks>
internal sealed class Query
{
    /// <summary>How many nodes a query considers at most. An honest one of a million nodes needs about 150.</summary>
    public const int MaxNodes = 1024;

    private const int K = KBucket.Capacity;
    private const int CautiousConcurrency = 3;

    private readonly Fixed32 _target;
    private readonly Dictionary<UdpEndPoint, QueryNode> _nodes = [];
    private readonly PriorityQueue<QueryNode, Fixed32> _pending;
    private readonly List<RpcReply> _closest = new(K + 1);
    private readonly Queue<DownHint> _downHints = new();
    private readonly Func<UdpEndPoint, bool>? _filter;
    private bool _isCautious;
    private bool _usedTable;
    private int _asked;
    private int _slow;

    /// <summary>A query that knows nobody yet.</summary>
    /// <param name="target">What to come close to.</param>
    /// <param name="concurrency">How many nodes to ask at once.</param>
    /// <param name="filter">Which of the nodes that others name may be asked; null for all.</param>
    public Query(Fixed32 target, int concurrency, Func<UdpEndPoint, bool>? filter = null)
    {
        _target = target;
        Concurrency = concurrency;
        _filter = filter;
        _pending = new PriorityQueue<QueryNode, Fixed32>(
            Comparer<Fixed32>.Create((a, b) => NodeId.CompareDistance(_target, a, b)));
    }

    /// <summary>How many nodes are asked at once.</summary>
    public int Concurrency { get; set; }

    /// <summary>Our own address, which others may name and nobody needs to ask; null if they cannot know us.</summary>
    public UdpEndPoint? Self { get; set; }

    /// <summary>Whether only the nodes that it began with are asked.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Replies without an error.</summary>
    public int Successes { get; private set; }

    /// <summary>Replies with an error, and nodes that did not reply.</summary>
    public int Errors { get; private set; }

    /// <summary>The at most 20 closest nodes' replies, closest first.</summary>
    public IReadOnlyList<RpcReply> ClosestReplies => _closest;

    /// <summary>Whether the nodes it began with led nowhere and it needs some of the routing table.</summary>
    public bool WantsTable => !_usedTable && !IsClosed && IsExhausted && Successes < K / 4;

    /// <summary>Whether there is nobody left to ask or to wait for.</summary>
    public bool IsFinished => IsExhausted && !WantsTable;

    /// <summary>How many more nodes to begin with it has use for.</summary>
    public int MissingNodes => IsClosed ? 0 : Math.Max(0, K - _pending.Count);

    private bool IsExhausted =>
        !HasPending() && (_asked == 0 || (_slow == _asked && _closest.Count >= K));

    /// <summary>Asks exactly these nodes.</summary>
    public void Close(ReadOnlySpan<UdpEndPoint> nodes)
    {
        AddNodes(nodes);
        IsClosed = true;
    }

    /// <summary>Begins with nodes of an earlier query, which may be stale.</summary>
    public void AddEarlierNodes(ReadOnlySpan<UdpEndPoint> nodes)
    {
        _isCautious = true;
        foreach (UdpEndPoint node in nodes)
        {
            TryAdd(node, null);
        }
    }

    /// <summary>Begins or goes on with nodes of the routing table or bootstrap nodes.</summary>
    public void AddNodes(ReadOnlySpan<UdpEndPoint> nodes)
    {
        _usedTable = true;
        _isCautious = false;
        foreach (UdpEndPoint node in nodes)
        {
            TryAdd(node, null);
        }
    }

    /// <summary>The next node to ask, if one may be asked now.</summary>
    public bool TryTakeNode(out UdpEndPoint node)
    {
        int limit = (_isCautious ? Math.Min(CautiousConcurrency, Concurrency) : Concurrency) + _slow;
        if (_asked >= limit || !HasPending())
        {
            node = default;
            return false;
        }

        QueryNode next = _pending.Dequeue();
        next.State = QueryNodeState.Asked;
        _asked++;
        node = next.EndPoint;
        return true;
    }

    /// <summary>A node that named another which is down, to be told so.</summary>
    public bool TryTakeDownHint(out DownHint hint) => _downHints.TryDequeue(out hint);

    /// <summary>A node replied.</summary>
    public void HandleReply(RpcReply reply)
    {
        if (!TryLeave(reply.From, QueryNodeState.Done))
        {
            return;
        }

        if (reply.Error == RpcErrorCode.None)
        {
            Successes++;
            AddClosest(reply);
        }
        else
        {
            Errors++;
        }

        foreach (UdpEndPoint node in reply.CloserNodes)
        {
            if (node != Self && (_filter is null || _filter(node)))
            {
                TryAdd(node, reply.From);
            }
        }

        if (Successes + Errors >= Concurrency)
        {
            _isCautious = false;
        }
    }

    /// <summary>A node did not reply to any attempt, or could not be asked.</summary>
    public void HandleFailure(UdpEndPoint endPoint, bool isDown)
    {
        if (!TryLeave(endPoint, QueryNodeState.Down))
        {
            return;
        }

        Errors++;
        if (isDown)
        {
            foreach (UdpEndPoint referrer in _nodes[endPoint].Referrers)
            {
                _downHints.Enqueue(new DownHint(referrer, endPoint));
            }
        }
    }

    /// <summary>A node is late.</summary>
    public void HandleSlow(UdpEndPoint endPoint)
    {
        if (_nodes.TryGetValue(endPoint, out QueryNode? node) && node.State == QueryNodeState.Asked)
        {
            node.State = QueryNodeState.Slow;
            _slow++;
        }
    }

    private bool TryLeave(UdpEndPoint endPoint, QueryNodeState state)
    {
        if (!_nodes.TryGetValue(endPoint, out QueryNode? node)
            || node.State is not (QueryNodeState.Asked or QueryNodeState.Slow))
        {
            return false;
        }

        _slow -= node.State == QueryNodeState.Slow ? 1 : 0;
        _asked--;
        node.State = state;
        return true;
    }

    private void TryAdd(UdpEndPoint endPoint, UdpEndPoint? referrer)
    {
        if (_nodes.TryGetValue(endPoint, out QueryNode? known))
        {
            HandleNamedAgain(known, referrer);
            return;
        }

        if (endPoint.Port == 0 || _nodes.Count >= MaxNodes || (IsClosed && referrer is not null))
        {
            return;
        }

        var node = new QueryNode(NodeId.Of(endPoint), endPoint);
        if (!IsCloser(node.Id))
        {
            return;
        }

        if (referrer is UdpEndPoint from)
        {
            node.AddReferrer(from);
        }

        _nodes.Add(endPoint, node);
        _pending.Enqueue(node, node.Id);
    }

    private void HandleNamedAgain(QueryNode node, UdpEndPoint? referrer)
    {
        if (referrer is not UdpEndPoint from)
        {
            return;
        }

        if (node.State == QueryNodeState.Down)
        {
            _downHints.Enqueue(new DownHint(from, node.EndPoint));
        }
        else if (node.State != QueryNodeState.Done)
        {
            node.AddReferrer(from);
        }
    }

    /// <summary>Whether the closest pending node is worth asking; all others are further away.</summary>
    private bool HasPending()
    {
        if (_pending.TryPeek(out QueryNode? next, out _) && IsCloser(next.Id))
        {
            return true;
        }

        _pending.Clear();
        return false;
    }

    private bool IsCloser(in Fixed32 id) =>
        _closest.Count < K || NodeId.CompareDistance(_target, id, _closest[^1].FromId!.Value) < 0;

    private void AddClosest(RpcReply reply)
    {
        // An ephemeral node cannot be found again, so nothing may be stored at it.
        if (reply.FromId is not Fixed32 id || !IsCloser(id))
        {
            return;
        }

        int index = _closest.Count;
        while (index > 0 && NodeId.CompareDistance(_target, id, _closest[index - 1].FromId!.Value) < 0)
        {
            index--;
        }

        _closest.Insert(index, reply);
        if (_closest.Count > K)
        {
            _closest.RemoveAt(K);
        }
    }
}
