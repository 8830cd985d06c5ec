using System.IO.Pipelines;

namespace RelayCluster.Cluster.Placement;

/// <summary>Where a session lives. To dispose when the session is over.</summary>
public sealed class SessionPlace : IAsyncDisposable
{
    private readonly Func<ValueTask> _leaveAsync;
    private readonly Func<IDuplexPipe, Action, CancellationToken, Task<bool>>? _carryAsync;

    /// <param name="leaveAsync">Runs when the session is over.</param>
    /// <param name="carryAsync">See <see cref="CarryAsync"/>; null if the session is served here.</param>
    internal SessionPlace(
        Func<ValueTask> leaveAsync,
        Func<IDuplexPipe, Action, CancellationToken, Task<bool>>? carryAsync = null)
    {
        _leaveAsync = leaveAsync;
        _carryAsync = carryAsync;
    }

    /// <summary>The place of all sessions of a node by itself.</summary>
    public static SessionPlace Here { get; } = new(static () => ValueTask.CompletedTask);

    /// <summary>Whether the session is to be served by this node.</summary>
    public bool IsHere => _carryAsync is null;

    /// <summary>Carries the client's bytes to where the session is, and back, until it is over.</summary>
    /// <param name="client">The client, of whom nothing has been read.</param>
    /// <param name="abortClient">Cuts the client's connection.</param>
    /// <param name="cancellationToken">Cuts both.</param>
    /// <returns>
    /// Whether the session ended in order; what it said last has yet to go out to the client then. Otherwise the
    /// client's connection has been cut.
    /// </returns>
    /// <exception cref="InvalidOperationException">The session is served here.</exception>
    public Task<bool> CarryAsync(IDuplexPipe client, Action abortClient, CancellationToken cancellationToken) =>
        _carryAsync is { } carryAsync
            ? carryAsync(client, abortClient, cancellationToken)
            : throw new InvalidOperationException("the session is served here, not carried elsewhere");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _leaveAsync();
}
