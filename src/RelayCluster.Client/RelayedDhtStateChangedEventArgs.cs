namespace RelayCluster.Client;

/// <summary>A change of <see cref="RelayedDht.State"/>.</summary>
/// <param name="state">What it is now.</param>
/// <param name="reason">Why the connection was lost; null where it was not.</param>
public sealed class RelayedDhtStateChangedEventArgs(RelayedDhtState state, Exception? reason) : EventArgs
{
    /// <summary>What the state is now.</summary>
    public RelayedDhtState State { get; } = state;

    /// <summary>Why the connection was lost; null where it was not.</summary>
    public Exception? Reason { get; } = reason;
}
