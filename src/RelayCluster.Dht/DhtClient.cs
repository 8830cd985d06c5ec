using System.Net;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht;

/// <summary>Who wants to connect to a server.</summary>
/// <param name="PublicKey">The client's key, proven by its first message.</param>
/// <param name="NoisePayload">
/// All that the client told in that message, decrypted and otherwise as it came, in HyperDHT's encoding.
/// </param>
/// <param name="Address">Where the client is, as the node sees it that relayed its message, or as we see it.</param>
public sealed record DhtClient(Fixed32 PublicKey, ReadOnlyMemory<byte> NoisePayload, IPEndPoint Address)
{
    /// <summary>
    /// The payload in the encoding of <c>@hyperswarm/dht</c> 5, for programs of that generation, which cannot read
    /// today's: as much of it as they have words for.
    /// </summary>
    /// <exception cref="ProtocolException">The payload makes no sense.</exception>
    public byte[] EncodeNoisePayload5() => NoisePayload5.From(Hyper.Messages.NoisePayload.Decode(NoisePayload.Span)).Encode();
}
