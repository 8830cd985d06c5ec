namespace RelayCluster.Client;

/// <summary>How a relayed node stands to its relay.</summary>
public enum RelayedDhtState
{
    /// <summary>There is a connection to the relay.</summary>
    Connected,

    /// <summary>The connection was lost, and another is sought; calls wait for it.</summary>
    Reconnecting,

    /// <summary>The connection was lost, and no other is sought: every call fails.</summary>
    Lost,

    /// <summary>The node was disposed.</summary>
    Disposed,
}
