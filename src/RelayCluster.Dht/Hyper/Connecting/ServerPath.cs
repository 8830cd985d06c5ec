using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// The way to a server that follows from its answer.
/// <list type="bullet">
/// <item>It answered itself: its address works, we just used it.</item>
/// <item>It is open, or cannot be punched to: its public address, as it or else the relay tells it.</item>
/// <item>We are open, and told it: it calls us.</item>
/// <item>Otherwise it is asked for. If the relay sees both of us at one address, we share a NAT or a machine, and its
/// address in that network may work. The address that the relay sees may work for anybody: a server does not know that
/// it is open before it has been told, and on one machine nothing is closed.</item>
/// </list>
/// Source: hyperdht 6.34, lib/connect.js, which punches where the last address is tried here.
/// </summary>
/// <param name="Kind">What to do.</param>
/// <param name="EndPoints">The server's address, or where to ask for it; empty if it calls.</param>
internal sealed record ServerPath(ServerPathKind Kind, IReadOnlyList<UdpEndPoint> EndPoints)
{
    /// <param name="answer">The server's answer.</param>
    /// <param name="isOpen">Whether we told the server that our address is open.</param>
    /// <param name="local">Our local addresses; empty where they are not to be used.</param>
    public static ServerPath To(ServerAnswer answer, bool isOpen, IReadOnlyList<UdpEndPoint> local)
    {
        HandshakeReply reply = answer.Reply;
        NoisePayload payload = answer.Payload;
        if (!reply.IsRelayed)
        {
            return Direct(reply.Through);
        }

        if (payload.Firewall == Firewall.Open || payload.Holepunch is not { Relays.Count: > 0 })
        {
            return Direct(FirstPublic(payload.Addresses4) ?? reply.ServerAddress);
        }

        if (isOpen)
        {
            return new ServerPath(ServerPathKind.ServerCalls, []);
        }

        UdpEndPoint[] candidates = local.Count > 0
            && reply.ClientAddress.Address == reply.ServerAddress.Address
            && LocalAddress(payload.Addresses4, local) is { } address
            && address != reply.ServerAddress
                ? [address, reply.ServerAddress]
                : [reply.ServerAddress];
        return new ServerPath(ServerPathKind.Probe, candidates);
    }

    private static ServerPath Direct(UdpEndPoint endPoint) => new(ServerPathKind.Direct, [endPoint]);

    private static UdpEndPoint? LocalAddress(IReadOnlyList<UdpEndPoint> theirs, IReadOnlyList<UdpEndPoint> ours)
    {
        UdpEndPoint[] offered = [.. theirs.Where(a => !AddressRanges.IsReserved(a))];
        return LocalAddresses.Match(ours, offered) ?? (offered.Length > 0 ? offered[0] : null);
    }

    private static UdpEndPoint? FirstPublic(IReadOnlyList<UdpEndPoint> endPoints)
    {
        foreach (UdpEndPoint endPoint in endPoints)
        {
            if (!AddressRanges.IsBogon(endPoint))
            {
                return endPoint;
            }
        }

        return null;
    }
}
