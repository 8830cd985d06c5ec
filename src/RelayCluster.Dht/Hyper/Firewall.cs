namespace RelayCluster.Dht.Hyper;

/// <summary>What a node knows of the NAT or firewall before it. The numbers are on the wire.</summary>
internal static class Firewall
{
    /// <summary>Not known yet.</summary>
    public const uint Unknown = 0;

    /// <summary>Anybody can send to the node's address.</summary>
    public const uint Open = 1;

    /// <summary>The node has one outside port whomever it sends to.</summary>
    public const uint Consistent = 2;

    /// <summary>The node has another outside port for each that it sends to.</summary>
    public const uint Random = 3;
}
