using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Routing;

/// <summary>
/// Who is in the routing table and who leaves it. A state machine without I/O: it orders pings
/// (<see cref="TryTakeCheck"/>), and its owner sends them and brings back how they went.
/// </summary>
/// <remarks>
/// <para>
/// A node enters by giving a sign of life with an id that fits its address: by a reply, or by a request. If its bucket
/// is full, the node of the bucket that was pinged longest ago is pinged, and makes room only if it is gone: old nodes
/// are likely to stay for long, and a table that prefers them cannot be flooded by new ones. No ping is sent if even
/// that node was heard within a minute and is known for half an hour, nor while three such pings are out.
/// </para>
/// <para>
/// A node leaves when it does not reply to a request that it got by its id, or to a check. Checks are ordered by age
/// every 40 s (the few nodes last heard longest ago), and by a hint of another node, but not more than ten at once, so
/// that hints cannot make us flood anybody.
/// </para>
/// <para>
/// Time is compared in periods of 5 s, the reference's ticks: what was pinged in this period is not pinged again.
/// </para>
/// </remarks>
internal sealed class Neighbours
{
    private const int MaxSwapChecks = 3;
    private const int MaxChecks = 10;

    private static readonly TimeSpan JustNow = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongAgo = TimeSpan.FromMinutes(30);

    private readonly LinkedList<RoutingNode> _byRecency = new();
    private readonly Queue<NodeCheck> _checksToSend = new();
    private int _checks;
    private int _swapChecks;

    public Neighbours(Fixed32 id)
    {
        Table = new RoutingTable(id);
    }

    public RoutingTable Table { get; private set; }

    /// <summary>Whether a full bucket may cause pings; not before the node has bootstrapped.</summary>
    public bool MaySwap { get; set; }

    /// <summary>The nodes, the one heard last first.</summary>
    public IEnumerable<RoutingNode> LatestFirst
    {
        get
        {
            for (LinkedListNode<RoutingNode>? node = _byRecency.Last; node is not null; node = node.Previous)
            {
                yield return node.Value;
            }
        }
    }

    /// <summary>A node gave a sign of life. True if it should count as a witness of our public address.</summary>
    public bool HandleHeard(TimeSpan now, in Fixed32 id, UdpEndPoint endPoint)
    {
        if (Table.Find(id) is not RoutingNode node)
        {
            node = new RoutingNode(id, endPoint);
            if (!TryAdd(now, node))
            {
                return false;
            }
        }

        node.PingedAt = now;
        node.SeenAt = now;
        _byRecency.Remove(node.Recency);
        _byRecency.AddLast(node.Recency);

        bool isWitness = node.SampledAt is not TimeSpan sampledAt || now - sampledAt >= LongAgo;
        node.SampledAt = isWitness ? now : node.SampledAt;
        return isWitness;
    }

    /// <summary>Puts a node in unseen.</summary>
    public void Add(TimeSpan now, UdpEndPoint endPoint) =>
        TryAdd(now, new RoutingNode(NodeId.Of(endPoint), endPoint));

    /// <summary>A node did not reply to a request.</summary>
    public void HandleDown(UdpEndPoint endPoint)
    {
        if (_byRecency.Count > 0 && Table.Find(NodeId.Of(endPoint)) is RoutingNode node)
        {
            Remove(node);
        }
    }

    /// <summary>Somebody says that a node is down.</summary>
    public void HandleDownHint(TimeSpan now, UdpEndPoint endPoint)
    {
        if (_checks < MaxChecks
            && Table.Find(NodeId.Of(endPoint)) is RoutingNode node
            && (node.DownHints == 0 || now - node.PingedAt >= JustNow))
        {
            node.DownHints++;
            Check(now, node);
        }
    }

    /// <summary>Orders checks of the nodes heard longest ago.</summary>
    public void CheckOldest(TimeSpan now, bool isBusy)
    {
        if (_byRecency.First is not LinkedListNode<RoutingNode> oldest)
        {
            return;
        }

        int left = now - oldest.Value.PingedAt < Recently ? 2 : isBusy ? 3 : 5;
        for (LinkedListNode<RoutingNode>? node = oldest; node is not null && left > 0; node = node.Next, left--)
        {
            if (now - node.Value.PingedAt >= JustNow)
            {
                Check(now, node.Value);
            }
        }
    }

    /// <summary>The next ping to send.</summary>
    public bool TryTakeCheck(out NodeCheck check) => _checksToSend.TryDequeue(out check!);

    /// <summary>A ping was answered or not.</summary>
    public void HandleChecked(TimeSpan now, NodeCheck check, bool isAlive)
    {
        if (check.Replacement is null)
        {
            _checks--;
        }
        else
        {
            _swapChecks--;
        }

        if (isAlive)
        {
            return;
        }

        Remove(check.Node);
        if (check.Replacement is RoutingNode replacement)
        {
            TryAdd(now, replacement);
        }
    }

    /// <summary>
    /// Takes a new id of ours: the buckets are filled anew, and nodes for which there is no room any more are
    /// forgotten.
    /// </summary>
    public void MoveTo(Fixed32 id)
    {
        Table = new RoutingTable(id);
        foreach (RoutingNode node in _byRecency.ToArray())
        {
            if (node.Id == id || !Table.TryAdd(node))
            {
                _byRecency.Remove(node.Recency);
            }
        }
    }

    private bool TryAdd(TimeSpan now, RoutingNode node)
    {
        if (node.Id == Table.Id)
        {
            return false;
        }

        if (!Table.TryAdd(node))
        {
            TrySwap(now, node);
            return false;
        }

        node.AddedAt = now;
        node.PingedAt = now;
        node.SeenAt = now;
        _byRecency.AddLast(node.Recency);
        return true;
    }

    private void TrySwap(TimeSpan now, RoutingNode newcomer)
    {
        KBucket bucket = Table.BucketOf(newcomer.Id);
        if (!MaySwap || _swapChecks >= MaxSwapChecks || !bucket.IsFull)
        {
            return;
        }

        RoutingNode? oldest = null;
        foreach (RoutingNode node in bucket.Nodes)
        {
            if (now - node.PingedAt >= JustNow
                && (oldest is null || (node.PingedAt, node.AddedAt).CompareTo((oldest.PingedAt, oldest.AddedAt)) < 0))
            {
                oldest = node;
            }
        }

        if (oldest is null || (now - oldest.PingedAt < Recently && now - oldest.AddedAt > LongAgo))
        {
            return;
        }

        _swapChecks++;
        Order(now, oldest, newcomer);
    }

    private void Check(TimeSpan now, RoutingNode node)
    {
        _checks++;
        Order(now, node, null);
    }

    private void Order(TimeSpan now, RoutingNode node, RoutingNode? replacement)
    {
        _checksToSend.Enqueue(new NodeCheck(this, node, replacement));
        node.PingedAt = now;
    }

    private void Remove(RoutingNode node)
    {
        if (node.Recency.List is not null && Table.Remove(node.Id))
        {
            _byRecency.Remove(node.Recency);
        }
    }
}
