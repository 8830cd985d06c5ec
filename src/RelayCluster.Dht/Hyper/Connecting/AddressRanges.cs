using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// Which IPv4 addresses do not lead anywhere from the Internet. The lists are those of the npm package bogon, which
/// decides the same on the other side; note that loopback counts as private there, and not as reserved.
/// </summary>
internal static class AddressRanges
{
    private static readonly (uint Network, int Prefix)[] Private =
    [
        (0x0a000000, 8), // 10.0.0.0: private use
        (0x64400000, 10), // 100.64.0.0: carrier-grade NAT
        (0x7f000000, 8), // 127.0.0.0: loopback
        (0xa9fe0000, 16), // 169.254.0.0: link local
        (0xac100000, 12), // 172.16.0.0: private use
        (0xc0a80000, 16), // 192.168.0.0: private use
    ];

    private static readonly (uint Network, int Prefix)[] Reserved =
    [
        (0x00000000, 8), // 0.0.0.0: this network
        (0xc0000000, 24), // 192.0.0.0: protocol assignments
        (0xc0000200, 24), // 192.0.2.0: documentation
        (0xc6120000, 15), // 198.18.0.0: benchmarks
        (0xc6336400, 24), // 198.51.100.0: documentation
        (0xcb007100, 24), // 203.0.113.0: documentation
        (0xe0000000, 3), // 224.0.0.0: multicast, and all above
    ];

    public static bool IsPrivate(UdpEndPoint endPoint) => Holds(Private, endPoint.Address);

    public static bool IsReserved(UdpEndPoint endPoint) => Holds(Reserved, endPoint.Address);

    /// <summary>Private or reserved.</summary>
    public static bool IsBogon(UdpEndPoint endPoint) => IsPrivate(endPoint) || IsReserved(endPoint);

    private static bool Holds((uint Network, int Prefix)[] ranges, uint address)
    {
        foreach ((uint network, int prefix) in ranges)
        {
            if ((address ^ network) >> (32 - prefix) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
