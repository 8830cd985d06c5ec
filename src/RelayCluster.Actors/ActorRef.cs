using RelayCluster.Actors.Cells;

namespace RelayCluster.Actors;

/// <summary>An actor's address, for who only watches or stops it.</summary>
public abstract class ActorRef
{
    private protected ActorRef()
    {
    }

    /// <summary>Where the actor stands in the tree: <c>/sessions/17/stream-3</c>.</summary>
    public abstract string Path { get; }

    /// <summary>The last part of the path, unique among the living children of one parent.</summary>
    public abstract string Name { get; }

    /// <summary>Completes when the actor has stopped and nothing of it is left. It never fails.</summary>
    public abstract Task Termination { get; }

    internal abstract ActorCell? Cell { get; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
