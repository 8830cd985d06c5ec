namespace RelayCluster.Dht.Hyper;

/// <summary>What HyperDHT asks of a node on top of dht-rpc's own commands (hyperdht, lib/constants.js).</summary>
internal static class HyperCommand
{
    public const uint PeerHandshake = 0;
    public const uint PeerHolepunch = 1;
    public const uint FindPeer = 2;
    public const uint Lookup = 3;
    public const uint Announce = 4;
    public const uint Unannounce = 5;
    public const uint MutablePut = 6;
    public const uint MutableGet = 7;
    public const uint ImmutablePut = 8;
    public const uint ImmutableGet = 9;
    public const uint Plugin = 10;
}
