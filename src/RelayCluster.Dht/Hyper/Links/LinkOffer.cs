using RelayCluster.Dht.Hyper.Messages;

namespace RelayCluster.Dht.Hyper.Links;

/// <summary>
/// What client and server tell each other within a handshake over a link. There is no address to tell. The stream is
/// told all the same: a payload without one is an error to whoever reads it, a client's firewall included; its id is of
/// nothing.
/// </summary>
internal static class LinkOffer
{
    public static NoisePayload Payload { get; } = new()
    {
        Firewall = Firewall.Unknown,
        Udx = new UdxInfo(Id: 0, Sequence: 0, IsSocketReusable: false),
        SecretStreamVersion = 1,
    };
}
