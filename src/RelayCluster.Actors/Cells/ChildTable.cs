namespace RelayCluster.Actors.Cells;

/// <summary>
/// A cell's living children by name. It has a lock because the children of the root are started from any thread.
/// </summary>
internal sealed class ChildTable(ActorCell parent)
{
    private readonly Lock _lock = new();
    private Dictionary<string, ActorCell>? _children;
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _children?.Count ?? 0;
            }
        }
    }

    public void Add(ActorCell child)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                throw new InvalidOperationException($"{parent.Path} is stopping and starts no '{child.Name}'");
            }

            if (!(_children ??= []).TryAdd(child.Name, child))
            {
                throw new InvalidOperationException($"{child.Path} lives already");
            }
        }
    }

    public void Remove(ActorCell child)
    {
        lock (_lock)
        {
            _children?.Remove(child.Name);
        }
    }

    /// <summary>No more children; those that there are.</summary>
    public ActorCell[] Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return List();
        }
    }

    /// <summary>Those that there are.</summary>
    public ActorCell[] List()
    {
        lock (_lock)
        {
            return _children is null ? [] : [.. _children.Values];
        }
    }

    public void Reopen()
    {
        lock (_lock)
        {
            _isClosed = false;
        }
    }
}
