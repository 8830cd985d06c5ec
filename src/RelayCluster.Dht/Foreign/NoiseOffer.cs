using RelayCluster.Wire;

namespace RelayCluster.Dht.Foreign;

/// <summary>What a Noise message says once it is decrypted.</summary>
/// <param name="RemotePublicKey">Whose message it is.</param>
/// <param name="Payload">The payload, in HyperDHT's encoding.</param>
public sealed record NoiseOffer(Fixed32 RemotePublicKey, ReadOnlyMemory<byte> Payload);
