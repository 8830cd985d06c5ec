namespace RelayCluster.Actors;

/// <summary>
/// A timer of one actor. Cancelled by its owner or by the owner's stop; once cancelled it delivers nothing, not even a
/// message that was due already but had not had its turn. Only the owner's turns may touch it.
/// </summary>
public abstract class ActorTimer
{
    private protected ActorTimer()
    {
    }

    /// <summary>Whether the timer can still deliver something.</summary>
    public abstract bool IsActive { get; }

    /// <summary>Ends the timer. Doing it twice is no error.</summary>
    public abstract void Cancel();
}
