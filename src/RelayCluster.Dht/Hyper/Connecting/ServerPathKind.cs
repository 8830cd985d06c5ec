namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>How a server can be reached once the handshake is done.</summary>
internal enum ServerPathKind
{
    /// <summary>Packets can be sent to its address straight away.</summary>
    Direct,

    /// <summary>It knows our address, which is open, and sends the first packet.</summary>
    ServerCalls,

    /// <summary>It seems to be in our own network: whoever answers a ping at its local address is it.</summary>
    LocalNetwork,

    /// <summary>Both sides must open their NATs towards each other.</summary>
    Holepunch,
}
