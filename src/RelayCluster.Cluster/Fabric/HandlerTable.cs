namespace RelayCluster.Cluster.Fabric;

/// <summary>The handlers of a node by subject; complete before it starts.</summary>
internal sealed class HandlerTable
{
    private readonly Dictionary<string, FabricHandler> _handlers = new(StringComparer.Ordinal);
    private bool _isClosed;

    public void Add(string subject, FabricHandler handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        ArgumentNullException.ThrowIfNull(handler);
        if (_isClosed)
        {
            throw new InvalidOperationException("the fabric has started");
        }

        if (!_handlers.TryAdd(subject, handler))
        {
            throw new InvalidOperationException($"{subject} has a handler already");
        }
    }

    /// <summary>No more of them: from here on the table is read by many at once.</summary>
    public void Close() => _isClosed = true;

    /// <summary>The handler of a subject; null if there is none.</summary>
    public FabricHandler? Find(string subject) => _handlers.GetValueOrDefault(subject);
}
