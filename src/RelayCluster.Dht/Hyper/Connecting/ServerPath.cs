using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// The way to a server that follows from its answer.
/// <list type="bullet">
/// <item>It answered itself: its address works, we just used it.</item>
/// <item>It is open, or cannot be punched to: its public address, as it or else the relay tells it.</item>
/// <item>We are open, and told it: it calls us.</item>
/// <item>The relay sees both of us at one address, so we share a NAT or a machine: its address in that network.</item>
/// <item>Otherwise hole punching is left.</item>
/// </list>
/// Source: hyperdht 6.34, lib/connect.js.
/// </summary>
/// <param name="Kind">What to do.</param>
/// <param name="EndPoint">The server's address, where the kind needs one.</param>
internal readonly record struct ServerPath(ServerPathKind Kind, UdpEndPoint EndPoint = default)
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
            return new ServerPath(ServerPathKind.Direct, reply.Through);
        }

        bool canBePunched = payload.Holepunch is { Relays.Count: > 0 };
        if (payload.Firewall == Firewall.Open || !canBePunched)
        {
            return new ServerPath(ServerPathKind.Direct, FirstPublic(payload.Addresses4) ?? reply.ServerAddress);
        }

        if (isOpen)
        {
            return new ServerPath(ServerPathKind.ServerCalls);
        }

        if (local.Count > 0 && reply.ClientAddress.Address == reply.ServerAddress.Address)
        {
            UdpEndPoint[] offered = [.. payload.Addresses4.Where(a => !AddressRanges.IsReserved(a))];
            if (offered.Length > 0)
            {
                return new ServerPath(ServerPathKind.LocalNetwork, LocalAddresses.Match(local, offered) ?? offered[0]);
            }
        }

        return new ServerPath(ServerPathKind.Holepunch);
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
