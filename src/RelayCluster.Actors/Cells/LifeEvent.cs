namespace RelayCluster.Actors.Cells;

/// <summary>What happens to a cell, or to those beside it.</summary>
internal enum LifeEvent
{
    /// <summary>The cell begins.</summary>
    Start,

    /// <summary>The cell is to end.</summary>
    Stop,

    /// <summary>The supervisor lets the failed cell go on.</summary>
    Resume,

    /// <summary>The supervisor wants a new instance in the failed cell.</summary>
    Restart,

    /// <summary>A child failed and waits for a decision.</summary>
    ChildFailed,

    /// <summary>A child is gone.</summary>
    ChildStopped,

    /// <summary>Somebody wants to know when the cell is gone.</summary>
    WatcherAdded,

    /// <summary>Somebody does not want to know any more.</summary>
    WatcherRemoved,

    /// <summary>One whom the cell watches is gone.</summary>
    WatchedStopped,
}
