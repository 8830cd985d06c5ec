namespace RelayCluster.Relay.Sessions;

/// <summary>Why a session ended; the first reason wins.</summary>
internal enum SessionEnd
{
    /// <summary>The client closed it in order.</summary>
    ClientClosed,

    /// <summary>The connection to the client was cut.</summary>
    ConnectionLost,

    /// <summary>Nothing was heard of the client for too long.</summary>
    ClientSilent,

    /// <summary>The client broke the protocol.</summary>
    ProtocolViolation,

    /// <summary>The policy does not want the client.</summary>
    Refused,

    /// <summary>The relay is stopping, or whoever serves the session has cancelled it.</summary>
    RelayStopping,

    /// <summary>The relay takes no more sessions, and the time of those that it had is over.</summary>
    Draining,

    /// <summary>An operator closed it.</summary>
    Kicked,

    /// <summary>The relay failed at it: a fault of ours.</summary>
    Failed,
}
