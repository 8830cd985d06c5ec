using System.Security.Cryptography;
using RelayCluster.Dht.Hyper.Messages;

namespace RelayCluster.Dht.Hyper.Links;

/// <summary>
/// What client and server tell each other within a handshake over a link. There is no address to tell. A stream is told
/// all the same, because a payload without one is an error to whoever reads it, a client's firewall included; its id is
/// a random one, as that of a UDX stream is.
/// </summary>
internal static class LinkOffer
{
    /// <summary>The payload of either side.</summary>
    /// <param name="error">What <see cref="Serving.ServerOffer.Check"/> gave; none in a client's.</param>
    public static NoisePayload Create(uint error = HyperErrorCode.None) => new()
    {
        Error = error,
        Firewall = Firewall.Unknown,
        Udx = new UdxInfo((uint)RandomNumberGenerator.GetInt32(1, int.MaxValue), Sequence: 0, IsSocketReusable: false),
        SecretStreamVersion = 1,
    };
}
