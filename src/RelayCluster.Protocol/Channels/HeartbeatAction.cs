namespace RelayCluster.Protocol.Channels;

/// <summary>What a heartbeat's timeout asks of the session.</summary>
public enum HeartbeatAction
{
    /// <summary>Nothing; it came too early.</summary>
    None,

    /// <summary>Send a ping.</summary>
    SendPing,

    /// <summary>The other side has been silent for too long: close the session.</summary>
    Close,
}
