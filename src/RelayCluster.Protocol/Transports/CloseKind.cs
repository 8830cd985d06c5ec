namespace RelayCluster.Protocol.Transports;

/// <summary>What a close is for; a WebSocket has a code for each (RFC 6455, section 7.4.1).</summary>
public enum CloseKind
{
    /// <summary>All is done: 1000.</summary>
    Done,

    /// <summary>This side is going, and the other may come back, here or elsewhere: 1001.</summary>
    GoingAway,

    /// <summary>The other side broke the protocol: 1002.</summary>
    Violation,

    /// <summary>This side does not want the other: 1008.</summary>
    Refused,

    /// <summary>This side failed at it: 1011.</summary>
    Fault,
}
