using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// This machine's addresses in its own networks: two peers behind the same router find each other by them. Listing the
/// interfaces takes the kernel a while, so it is done once and again only after the network has changed.
/// </summary>
internal sealed class LocalAddresses : IDisposable
{
    private readonly UdpEndPoint _bound;
    private volatile UdpEndPoint[]? _known;

    public LocalAddresses(UdpEndPoint bound)
    {
        _bound = bound;
        NetworkChange.NetworkAddressChanged += HandleChange;
    }

    /// <summary>The addresses, each with the port of the node's socket; never empty.</summary>
    public IReadOnlyList<UdpEndPoint> List() => _known ??= Collect();

    /// <summary>
    /// Of a peer's local addresses the one that shares most with ours, by whole bytes from the left; null if even the
    /// first byte differs everywhere.
    /// </summary>
    public static UdpEndPoint? Match(IReadOnlyList<UdpEndPoint> ours, IReadOnlyList<UdpEndPoint> theirs)
    {
        UdpEndPoint? best = null;
        int bestBytes = 0;
        foreach (UdpEndPoint our in ours)
        {
            foreach (UdpEndPoint their in theirs)
            {
                int equalBytes = uint.LeadingZeroCount(our.Address ^ their.Address) is var bits ? (int)bits / 8 : 0;

                // the last byte tells hosts apart, not networks
                equalBytes = Math.Min(equalBytes, 3);
                if (equalBytes > bestBytes)
                {
                    (best, bestBytes) = (their, equalBytes);
                }
            }
        }

        return best;
    }

    public void Dispose() => NetworkChange.NetworkAddressChanged -= HandleChange;

    private void HandleChange(object? sender, EventArgs e) => _known = null;

    private UdpEndPoint[] Collect()
    {
        if (_bound.Address != 0)
        {
            return [_bound];
        }

        UdpEndPoint[] found =
        [
            .. NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus == OperationalStatus.Up
                    && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork)
                .Select(a => new UdpEndPoint(new IPEndPoint(a.Address, _bound.Port))),
        ];
        return found.Length > 0 ? found : [new UdpEndPoint(new IPEndPoint(IPAddress.Loopback, _bound.Port))];
    }
}
