namespace RelayCluster.Actors.Cells;

/// <summary>A step in the life of a cell, its children or those that it watches.</summary>
/// <param name="lifeEvent">The step.</param>
/// <param name="other">The other cell concerned, if any.</param>
/// <param name="exception">What a failed child failed at.</param>
internal sealed class LifeSignal(LifeEvent lifeEvent, ActorCell? other = null, Exception? exception = null) : Signal
{
    public override bool WaitsForResume => lifeEvent is LifeEvent.WatchedStopped;

    public override void Handle(ActorCell cell) => cell.HandleLife(lifeEvent, other, exception);
}
