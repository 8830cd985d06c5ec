using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>The other side, as its last round tells of it.</summary>
/// <param name="IsRandom">Whether its outside port is another for each that it sends to.</param>
/// <param name="Verified">Addresses of hosts that have shown to be the side's.</param>
/// <param name="Others">Addresses that it only tells of.</param>
internal sealed record PunchTarget(
    bool IsRandom,
    IReadOnlyList<UdpEndPoint> Verified,
    IReadOnlyList<UdpEndPoint> Others)
{
    /// <summary>Whether probes can be sent: ports are only guessed of a host that is the side's.</summary>
    public bool IsReachable => Verified.Count > 0 || (!IsRandom && Others.Count > 0);

    /// <param name="payload">The side's round.</param>
    /// <param name="host">Where it has shown to be; null if it has not.</param>
    public static PunchTarget From(HolepunchPayload payload, UdpEndPoint? host)
    {
        IReadOnlyList<UdpEndPoint> addresses = payload.Addresses ?? [];
        return new PunchTarget(
            payload.Firewall >= Firewall.Random,
            [.. addresses.Where(a => a.Address == host?.Address)],
            [.. addresses.Where(a => a.Address != host?.Address)]);
    }

    /// <summary>Whether a probe from there can be the side's.</summary>
    public bool Includes(UdpEndPoint from) => IsRandom
        ? Verified.Any(a => a.Address == from.Address)
        : Verified.Contains(from) || Others.Contains(from);
}
