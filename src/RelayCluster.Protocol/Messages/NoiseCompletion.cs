using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>What a client that keeps its key tells its relay of a complete handshake.</summary>
/// <param name="RemoteId">
/// The id of the peer's encrypted stream: BLAKE2b-256, keyed with the handshake hash, of the secret stream's namespace
/// for the peer's side. Our relay does not look at it: npm clients always send the initiator's, also where that is
/// their own.
/// </param>
/// <param name="HolepunchSecret">
/// The key for the hole punching messages: BLAKE2b-256, keyed with the handshake hash, of HyperDHT's namespace of
/// PEER_HOLEPUNCH. It opens nothing of the stream's content.
/// </param>
public sealed record NoiseCompletion(Fixed32 RemoteId, Fixed32 HolepunchSecret);
