namespace RelayCluster.Dht.Hyper.Routing;

/// <summary>
/// At which leg of its way a relayed handshake or hole punch message is (hyperdht, lib/router.js). The numbers are on
/// the wire.
/// </summary>
internal enum RelayMode : uint
{
    /// <summary>The client asks a relaying node.</summary>
    FromClient = 0,

    /// <summary>The server's answer comes back to the relaying node.</summary>
    FromServer = 1,

    /// <summary>A relaying node hands on what the client asked.</summary>
    FromRelay = 2,

    /// <summary>
    /// The second of two relaying nodes hands it on: the server announced itself at it, not at the first.
    /// </summary>
    FromSecondRelay = 3,

    /// <summary>The answer reaches the client.</summary>
    Reply = 4,
}
