namespace RelayCluster.Actors.Cells;

/// <summary>
/// Something that an actor must learn whatever is in its mailbox. A signal is a link of its queue itself, so it must not
/// be sent again before it was handled.
/// </summary>
internal abstract class Signal
{
    /// <summary>The next link; only for <see cref="SignalQueue"/>.</summary>
    public Signal? Next { get; set; }

    /// <summary>Whether it calls the actor's code, which a failed actor must not run before its supervisor spoke.</summary>
    public virtual bool WaitsForResume => true;

    /// <summary>Inside a turn of <paramref name="cell"/>.</summary>
    public abstract void Handle(ActorCell cell);
}
