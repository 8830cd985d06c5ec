namespace RelayCluster.Relay.Administration;

/// <summary>Who asked for a stream.</summary>
public enum StreamDirection
{
    /// <summary>The client: it connects to the peer.</summary>
    Dialled,

    /// <summary>The peer: it connected to a server of the client.</summary>
    Accepted,
}
