using RelayCluster.Dht.Hyper.Messages;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// A handshake that succeeded: what the server said, which way it came, and the handshake, which the owner disposes.
/// </summary>
internal sealed record ServerAnswer(HandshakeReply Reply, NoisePayload Payload, ClientHandshake Handshake);
