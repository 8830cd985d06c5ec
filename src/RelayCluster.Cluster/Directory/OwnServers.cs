using RelayCluster.Wire;

namespace RelayCluster.Cluster.Directory;

/// <summary>
/// This node's servers, and what of them it has told: a state machine. What comes and goes between two messages is never
/// told. Not for several threads.
/// </summary>
/// <param name="incarnation">Which start of the node this is.</param>
internal sealed class OwnServers(ulong incarnation)
{
    /// <summary>How many are told; more than that can be reached through the DHT only. They take some 30 MiB.</summary>
    public const int MaxTold = 256 * 1024;

    private readonly Dictionary<Fixed32, int> _counts = [];
    private readonly HashSet<Fixed32> _told = [];
    private readonly HashSet<Fixed32> _changed = [];
    private ulong _number;

    /// <summary>A server listens; a key may have several.</summary>
    public void Add(Fixed32 key)
    {
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
        _changed.Add(key);
    }

    /// <summary>One of those on the key does not listen any more.</summary>
    public void Remove(Fixed32 key)
    {
        if (_counts[key] == 1)
        {
            _counts.Remove(key);
            _changed.Add(key);
        }
        else
        {
            _counts[key]--;
        }
    }

    /// <summary>The next message with changes; null if all is told.</summary>
    public DirectoryMessage? TakeUpdate()
    {
        List<Fixed32> added = [];
        List<Fixed32> removed = [];
        foreach (Fixed32 key in _changed)
        {
            if (added.Count + removed.Count == DirectoryMessage.MaxKeys)
            {
                break;
            }

            _changed.Remove(key);
            if (_counts.ContainsKey(key))
            {
                if (_told.Count < MaxTold && _told.Add(key))
                {
                    added.Add(key);
                }
            }
            else if (_told.Remove(key))
            {
                removed.Add(key);
            }
        }

        return added.Count + removed.Count == 0
            ? null
            : new DirectoryMessage(incarnation, ++_number, added, removed);
    }

    /// <summary>What others see by whether they have missed something.</summary>
    public DirectoryMessage CreateDigest() => new(incarnation, _number, [], []);

    /// <summary>All that was told, in parts; at least one.</summary>
    public IReadOnlyList<DirectoryMessage> CreateSnapshot() =>
    [
        .. _told.Chunk(DirectoryMessage.MaxKeys)
            .DefaultIfEmpty([])
            .Select(keys => new DirectoryMessage(incarnation, _number, keys, [])),
    ];
}
