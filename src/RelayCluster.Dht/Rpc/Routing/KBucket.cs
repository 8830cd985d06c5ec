using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Routing;

/// <summary>
/// The nodes that share a prefix of one length with our id: at most <see cref="Capacity"/>, ordered by id.
/// </summary>
internal sealed class KBucket
{
    /// <summary>Kademlia's k.</summary>
    public const int Capacity = 20;

    private readonly List<RoutingNode> _nodes = [];

    /// <summary>The nodes in the order of their ids, which is also the order in which replies list them.</summary>
    public IReadOnlyList<RoutingNode> Nodes => _nodes;

    public int Count => _nodes.Count;

    public bool IsFull => _nodes.Count >= Capacity;

    /// <summary>Puts the node in its place; false if the bucket is full or has a node of that id.</summary>
    public bool TryAdd(RoutingNode node)
    {
        int index = IndexOf(node.Id);
        if (index >= 0 || IsFull)
        {
            return false;
        }

        _nodes.Insert(~index, node);
        return true;
    }

    public bool Remove(in Fixed32 id)
    {
        int index = IndexOf(id);
        if (index < 0)
        {
            return false;
        }

        _nodes.RemoveAt(index);
        return true;
    }

    public RoutingNode? Find(in Fixed32 id)
    {
        int index = IndexOf(id);
        return index < 0 ? null : _nodes[index];
    }

    /// <summary>The place of the id, or the complement of where it would go.</summary>
    private int IndexOf(in Fixed32 id)
    {
        int low = 0;
        int high = _nodes.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = id.Span.SequenceCompareTo(_nodes[middle].Id.Span);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        return ~low;
    }
}
