using RelayCluster.Wire;

namespace RelayCluster.Cluster.Directory;

/// <summary>The servers of another node, as far as it has told.</summary>
internal sealed class NodeServers
{
    /// <summary>How many messages wait for the one that is missing; more are had with all the others, by a snapshot.</summary>
    private const int MaxAhead = 64;

    private readonly List<DirectoryMessage> _ahead = [];
    private HashSet<Fixed32> _keys = [];
    private ulong? _incarnation;
    private ulong? _number;
    private ulong _heardNumber;

    /// <summary>How many they are.</summary>
    public int Count => _keys.Count;

    /// <summary>Whether the node has told something that was missed.</summary>
    public bool IsBehind => _number != _heardNumber;

    public bool Contains(Fixed32 key) => _keys.Contains(key);

    /// <summary>The node has told something; true if it has started anew by that.</summary>
    public bool Handle(DirectoryMessage message)
    {
        bool isNew = message.Incarnation != _incarnation;
        if (isNew)
        {
            Begin(message);
        }

        _heardNumber = Math.Max(_heardNumber, message.Number);
        if (message.HasChanges && !TryApply(message) && message.Number > _number.GetValueOrDefault()
            && _ahead.Count < MaxAhead)
        {
            _ahead.Add(message);
        }

        return isNew;
    }

    /// <summary>The node was asked for all that it has.</summary>
    public void HandleSnapshot(IReadOnlyList<DirectoryMessage> parts)
    {
        if (parts.Count == 0 || parts.Any(part => part.Incarnation != _incarnation || part.Number != parts[0].Number)
            || parts[0].Number < _number.GetValueOrDefault())
        {
            return;
        }

        _keys = [];
        _number = parts[0].Number;
        _heardNumber = Math.Max(_heardNumber, parts[0].Number);
        foreach (DirectoryMessage part in parts)
        {
            Add(part.Added);
        }

        foreach (DirectoryMessage message in _ahead)
        {
            TryApply(message);
        }

        _ahead.Clear();
    }

    private void Begin(DirectoryMessage message)
    {
        _incarnation = message.Incarnation;
        _ahead.Clear();
        _keys = [];
        _heardNumber = message.Number;

        // who has told nothing yet has nothing, and who tells its first changes had nothing before
        _number = message.Number == 0 || (message.Number == 1 && message.HasChanges) ? 0 : null;
    }

    private bool TryApply(DirectoryMessage message)
    {
        if (_number is not { } number || message.Number != number + 1)
        {
            return false;
        }

        _number = message.Number;
        _keys.ExceptWith(message.Removed);
        Add(message.Added);
        return true;
    }

    private void Add(IReadOnlyList<Fixed32> keys)
    {
        foreach (Fixed32 key in keys)
        {
            if (_keys.Count == OwnServers.MaxTold)
            {
                return;
            }

            _keys.Add(key);
        }
    }
}
