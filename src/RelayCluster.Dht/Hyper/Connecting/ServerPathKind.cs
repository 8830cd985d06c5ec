namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>How a server can be reached once the handshake is done.</summary>
internal enum ServerPathKind
{
    /// <summary>Packets can be sent to its address straight away.</summary>
    Direct,

    /// <summary>It knows our address, which is open, and sends the first packet.</summary>
    ServerCalls,

    /// <summary>
    /// It may answer a ping at one of some addresses: the one in our own network, or the one that the relay sees, if
    /// nothing stands before it. If not, both sides must open their NATs towards each other.
    /// </summary>
    Probe,
}
