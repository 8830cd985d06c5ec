using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Routing;

/// <summary>
/// What a node knows of the DHT: for every length of prefix that an id can share with its own, a bucket of 20 nodes. So
/// it knows nearly all of its neighbours and few of those far away, and can name to anybody some that are closer.
/// </summary>
/// <remarks>
/// <code>
/// bucket 0      0xxx    half of the key space, where our id begins with 1
/// bucket 1      11xx    a quarter
/// bucket 2      100x    an eighth ...
/// </code>
/// The closest nodes to a target are gathered as the reference gathers them, since replies carry that order: first the
/// bucket that the target falls into, then the shorter prefixes down to 0, then the longer ones; each in the order of
/// ids. It is a good guess rather than an exact order of distance, and queries do not rely on more.
/// </remarks>
internal sealed class RoutingTable
{
    private readonly KBucket?[] _buckets = new KBucket?[8 * Fixed32.Size];

    public RoutingTable(Fixed32 id)
    {
        Id = id;
    }

    /// <summary>Our own id, or while ephemeral a random one.</summary>
    public Fixed32 Id { get; }

    /// <summary>How many nodes there are in all buckets.</summary>
    public int Count { get; private set; }

    /// <summary>The bucket that an id belongs to.</summary>
    public KBucket BucketOf(in Fixed32 id) => _buckets[IndexOf(id)] ??= new KBucket();

    /// <summary>Adds a node; false if its bucket is full, or it is there already.</summary>
    public bool TryAdd(RoutingNode node)
    {
        bool added = BucketOf(node.Id).TryAdd(node);
        Count += added ? 1 : 0;
        return added;
    }

    public bool Remove(in Fixed32 id)
    {
        bool removed = _buckets[IndexOf(id)]?.Remove(id) ?? false;
        Count -= removed ? 1 : 0;
        return removed;
    }

    public RoutingNode? Find(in Fixed32 id) => _buckets[IndexOf(id)]?.Find(id);

    /// <summary>
    /// The node at a place between 0 and <see cref="Count"/>, in no meaningful order: for picking one at random.
    /// </summary>
    public RoutingNode this[int index]
    {
        get
        {
            foreach (KBucket? bucket in _buckets)
            {
                if (bucket is null)
                {
                    continue;
                }

                if (index < bucket.Count)
                {
                    return bucket.Nodes[index];
                }

                index -= bucket.Count;
            }

            throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    /// <summary>Fills the destination with nodes close to the target; returns how many there were.</summary>
    public int CopyClosest(in Fixed32 target, Span<RoutingNode> destination)
    {
        int count = 0;
        int home = IndexOf(target);
        for (int i = home; i >= 0 && count < destination.Length; i--)
        {
            count += CopyBucket(i, destination[count..]);
        }

        for (int i = home + 1; i < _buckets.Length && count < destination.Length; i++)
        {
            count += CopyBucket(i, destination[count..]);
        }

        return count;
    }

    private int CopyBucket(int index, Span<RoutingNode> destination)
    {
        if (_buckets[index] is not KBucket bucket)
        {
            return 0;
        }

        int count = Math.Min(bucket.Count, destination.Length);
        for (int i = 0; i < count; i++)
        {
            destination[i] = bucket.Nodes[i];
        }

        return count;
    }

    private int IndexOf(in Fixed32 id) => Math.Min(NodeId.CommonBits(Id, id), _buckets.Length - 1);
}
