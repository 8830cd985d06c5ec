namespace RelayCluster.Actors;

/// <summary>Where actors' turns run. The default is the thread pool; the TestKit steps them by hand.</summary>
public abstract class ActorDispatcher
{
    /// <summary>
    /// Sees to it that <paramref name="turn"/> is executed once, soon, and not inside this call. A cell is never scheduled
    /// twice at a time.
    /// </summary>
    public abstract void Schedule(IThreadPoolWorkItem turn);
}
