namespace RelayCluster.Actors.Supervision;

/// <summary>
/// One-for-one supervision: a child's failure concerns that child only. Restarts are counted, so that an actor which
/// cannot live is stopped instead of being restarted for ever.
/// </summary>
public sealed class SupervisionStrategy
{
    private readonly Func<Exception, SupervisionDirective> _decide;

    /// <summary>A strategy by the exception.</summary>
    /// <param name="decide">Says what to do. It must not throw.</param>
    /// <param name="maxRestarts">How many restarts a child has within <paramref name="within"/>; the next failure stops
    /// it.</param>
    /// <param name="within">The time in which restarts are counted; null for the child's whole life.</param>
    public SupervisionStrategy(
        Func<Exception, SupervisionDirective> decide,
        int maxRestarts = 10,
        TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(decide);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRestarts);
        _decide = decide;
        MaxRestarts = maxRestarts;
        Within = within;
    }

    /// <summary>Stops the child, whatever it failed at.</summary>
    public static SupervisionStrategy Stopping { get; } = new(static _ => SupervisionDirective.Stop);

    /// <summary>How many restarts a child has before it is stopped.</summary>
    public int MaxRestarts { get; }

    /// <summary>The time in which restarts are counted; null for the child's whole life.</summary>
    public TimeSpan? Within { get; }

    internal SupervisionDirective Decide(Exception exception, RestartHistory history, TimeSpan now)
    {
        SupervisionDirective directive = _decide(exception);
        return directive == SupervisionDirective.Restart && !history.TryRestart(now, MaxRestarts, Within)
            ? SupervisionDirective.Stop
            : directive;
    }
}
