namespace RelayCluster.Udx.Streams;

/// <summary>How a stream ended.</summary>
public enum UdxStreamOutcome
{
    /// <summary>Both sides ended their direction, and all bytes were acknowledged.</summary>
    Ended,

    /// <summary>This side destroyed it.</summary>
    Destroyed,

    /// <summary>The peer destroyed it.</summary>
    ResetByPeer,

    /// <summary>The peer did not acknowledge a packet although it was sent again and again.</summary>
    TimedOut,

    /// <summary>The socket was disposed under the stream.</summary>
    SocketClosed,
}
