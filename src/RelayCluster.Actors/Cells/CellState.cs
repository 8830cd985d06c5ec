namespace RelayCluster.Actors.Cells;

/// <summary>Where a cell stands in its life.</summary>
internal enum CellState
{
    /// <summary>There is no instance yet.</summary>
    Starting,

    /// <summary>Messages are received.</summary>
    Running,

    /// <summary>A turn failed; the supervisor has not decided yet.</summary>
    Suspended,

    /// <summary>The instance is going; another one comes.</summary>
    Restarting,

    /// <summary>The instance is going; none comes.</summary>
    Stopping,

    /// <summary>Nothing is left but the address.</summary>
    Stopped,
}
