using System.IO.Pipelines;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Placement;

/// <summary>Where a session lives. To dispose when the session is over.</summary>
public sealed class SessionPlace : IAsyncDisposable
{
    private readonly Action? _leave;
    private readonly NodeConnection? _connection;
    private readonly ClusterMetrics? _metrics;
    private readonly TaskSet? _carrying;
    private readonly TimeProvider _timeProvider = TimeProvider.System;

    private SessionPlace(Action? leave) => _leave = leave;

    internal SessionPlace(
        NodeConnection connection,
        TaskSet carrying,
        ClusterMetrics metrics,
        TimeProvider timeProvider)
    {
        _connection = connection;
        _carrying = carrying;
        _metrics = metrics;
        _timeProvider = timeProvider;
    }

    /// <summary>The place of all sessions of a node by itself.</summary>
    public static SessionPlace Here { get; } = new(leave: null);

    /// <summary>Whether the session is to be served by this node.</summary>
    public bool IsHere => _connection is null;

    /// <summary>Carries the client's bytes to where the session is, and back, until it is over.</summary>
    /// <param name="client">The client, of whom nothing has been read.</param>
    /// <param name="abortClient">Cuts the client's connection.</param>
    /// <param name="cancellationToken">Cuts both.</param>
    /// <returns>
    /// Whether the session ended in order; what it said last has yet to go out to the client then. Otherwise the
    /// client's connection has been cut.
    /// </returns>
    /// <exception cref="InvalidOperationException">The session is served here.</exception>
    public Task<bool> CarryAsync(IDuplexPipe client, Action abortClient, CancellationToken cancellationToken)
    {
        NodeConnection node = _connection
            ?? throw new InvalidOperationException("the session is served here, not carried elsewhere");
        Task<bool> carrying =
            new SessionSplice(client, abortClient, node, _metrics!, _timeProvider).RunAsync(cancellationToken);
        _carrying!.AddOutcome(carrying);
        return carrying;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _leave?.Invoke();
        return _connection?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>A place here, and what is to be done when the session is over.</summary>
    internal static SessionPlace OfThisNode(Action leave) => new(leave);
}
