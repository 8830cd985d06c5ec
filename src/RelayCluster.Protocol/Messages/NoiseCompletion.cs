using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>What a client that keeps its key tells its relay of a complete handshake.</summary>
/// <param name="RemoteId">The id of the peer's encrypted stream, by which the relay recognises its header.</param>
/// <param name="HolepunchSecret">
/// The key for the hole punching messages; it opens nothing of the stream's content.
/// </param>
public sealed record NoiseCompletion(Fixed32 RemoteId, Fixed32 HolepunchSecret);
