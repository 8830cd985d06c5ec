using RelayCluster.Cluster.Connections;

namespace RelayCluster.Cluster.Placement;

/// <summary>Where a session lives. To dispose when the session is over.</summary>
public sealed class SessionPlace : IAsyncDisposable
{
    private readonly Action? _leave;

    internal SessionPlace(NodeConnection connection) => Connection = connection;

    internal SessionPlace(Action leave) => _leave = leave;

    /// <summary>The way to the node that serves it, for the client's bytes; null if it is to be served here.</summary>
    public NodeConnection? Connection { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _leave?.Invoke();
        return Connection?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
