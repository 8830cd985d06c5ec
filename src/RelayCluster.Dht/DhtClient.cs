using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Dht;

/// <summary>Who wants to connect to a server.</summary>
/// <param name="PublicKey">The client's key, proven by its first message.</param>
/// <param name="NoisePayload">
/// All that the client told in that message, decrypted and otherwise as it came, in HyperDHT's encoding.
/// </param>
/// <param name="Address">Where the client is, as the node sees it that relayed its message, or as we see it.</param>
public sealed record DhtClient(Fixed32 PublicKey, ReadOnlyMemory<byte> NoisePayload, IPEndPoint Address);
