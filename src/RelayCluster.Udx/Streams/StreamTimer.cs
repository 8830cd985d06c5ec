namespace RelayCluster.Udx.Streams;

/// <summary>What a stream can wait for.</summary>
internal enum StreamTimer
{
    /// <summary>No acknowledgement came: everything old is sent again.</summary>
    Retransmit,

    /// <summary>A packet passed by a later one is lost if it does not turn up by now (RACK).</summary>
    Reorder,

    /// <summary>The last packets may be lost, which no later acknowledgement would show: one is sent as a
    /// probe.</summary>
    LossProbe,

    /// <summary>The peer's window is closed: it is asked whether it still is.</summary>
    ZeroWindow,

    /// <summary>Nothing was sent for long.</summary>
    KeepAlive,

    /// <summary>The pacer lets packets leave again.</summary>
    Pacing,

    /// <summary>The stream is over, and nobody will ask for its last words any more.</summary>
    Linger,
}
