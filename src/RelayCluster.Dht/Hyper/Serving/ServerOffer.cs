using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// What a server tells a client of how to reach it.
/// <list type="bullet">
/// <item>A server that strangers can reach says so, and where.</item>
/// <item>One behind a NAT that gives it one public port names the nodes through which holes can be punched.</item>
/// <item>One that does not know names no way to punch holes, and the client sends to the address that the relaying node
/// sees: on one machine or in one network that works, and across the Internet where nothing closes the way to the
/// server.</item>
/// <item>Where the relaying node sees client and server at one public address, both stand behind the same NAT, and the
/// way is their own network. A client only tries that way beside hole punching, so the offer names the relays for it.
/// </item>
/// </list>
/// </summary>
internal static class ServerOffer
{
    /// <summary>The error that a client's payload deserves.</summary>
    public static uint Check(NoisePayload client) =>
        client.Version != NoisePayload.CurrentVersion ? HyperErrorCode.VersionMismatch
        : client.Udx is not { Id: <= uint.MaxValue } ? HyperErrorCode.Aborted
        : HyperErrorCode.None;

    /// <summary>The payload for a client.</summary>
    /// <param name="question">The client's handshake.</param>
    /// <param name="error">What <see cref="Check"/> gave.</param>
    /// <param name="streamId">The stream made for the client; 0 if there is an error.</param>
    /// <param name="punchId">The number of the hole punching with this client.</param>
    /// <param name="nat">What we know of our NAT.</param>
    /// <param name="open">Where strangers can reach us; null if they cannot, or it is not known.</param>
    /// <param name="local">Our addresses in our own network; empty where they are not told.</param>
    /// <param name="relays">Where the server is announced.</param>
    public static NoisePayload Create(
        HandshakeQuestion question,
        uint error,
        uint streamId,
        ulong punchId,
        NatView nat,
        UdpEndPoint? open,
        IReadOnlyList<UdpEndPoint> local,
        IReadOnlyList<RelayInfo> relays)
    {
        UdpEndPoint[] ours = open is { } address ? [address] : [];
        UdpEndPoint[] relayAddresses =
            [.. ours.Concat(relays.Select(r => r.RelayAddress)).Take(PeerRecord.MaxRelayAddresses)];
        bool punches = open is null && (CanPunch(nat) || (local.Count > 0 && SharesNat(question)));
        return new NoisePayload
        {
            Error = error,
            Firewall = open is null ? Firewall.Unknown : Firewall.Open,
            Holepunch = punches && !question.IsDirect && relays.Count > 0 ? new HolepunchInfo(punchId, relays) : null,
            Addresses4 = [.. ours, .. local],
            Udx = new UdxInfo(streamId, Sequence: 0, IsSocketReusable: false),
            SecretStreamVersion = 1,
            RelayAddresses = relayAddresses.Length == 0 ? null : relayAddresses,
        };
    }

    private static bool CanPunch(NatView nat) =>
        nat is { Firewall: Firewall.Consistent, Address: { } address } && !AddressRanges.IsBogon(address);

    private static bool SharesNat(HandshakeQuestion question) =>
        !question.IsDirect
        && question.ClientAddress.Address == question.ServerAddress.Address
        && !AddressRanges.IsBogon(question.ServerAddress);
}
