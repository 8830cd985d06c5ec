namespace RelayCluster.Relay;

/// <summary>What carries a client's session.</summary>
public enum ClientTransport
{
    /// <summary>Something of the embedder's own.</summary>
    Other,

    /// <summary>A WebSocket.</summary>
    WebSocket,

    /// <summary>A secret stream over TCP.</summary>
    Tcp,
}
