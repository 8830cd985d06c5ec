using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>What a client's first message says once it is decrypted: its key, and the encoded payload.</summary>
internal sealed record NoiseOffer(Fixed32 RemotePublicKey, ReadOnlyMemory<byte> Payload);
