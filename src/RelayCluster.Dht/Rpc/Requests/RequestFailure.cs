namespace RelayCluster.Dht.Rpc.Requests;

/// <summary>Why a request has no reply.</summary>
internal enum RequestFailure
{
    /// <summary>None came after the last attempt.</summary>
    TimedOut,

    /// <summary>Nobody wants it any more.</summary>
    Cancelled,

    /// <summary>The node is closed.</summary>
    NodeClosed,

    /// <summary>So many requests are under way that no number is left for it.</summary>
    TooMany,
}
