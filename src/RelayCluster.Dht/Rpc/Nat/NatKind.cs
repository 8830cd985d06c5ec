namespace RelayCluster.Dht.Rpc.Nat;

/// <summary>What a node knows of the NAT or firewall before it. The numbers are HyperDHT's on the wire.</summary>
internal enum NatKind
{
    /// <summary>Too few samples, or samples that do not agree on an address.</summary>
    Unknown = 0,

    /// <summary>Strangers can send to the node.</summary>
    Open = 1,

    /// <summary>All others see one address and port.</summary>
    Consistent = 2,

    /// <summary>All others see one address, but different ports.</summary>
    Random = 3,
}
