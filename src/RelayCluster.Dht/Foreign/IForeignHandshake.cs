using RelayCluster.Wire;

namespace RelayCluster.Dht.Foreign;

/// <summary>
/// One Noise handshake of HyperDHT that is made elsewhere: pattern IK over Ed25519, the prologue is the namespace of
/// PEER_HANDSHAKE. An initiator writes, then reads; a responder reads, then writes; each once and in turn. Payloads are
/// in HyperDHT's encoding.
/// </summary>
public interface IForeignHandshake
{
    /// <summary>
    /// BLAKE2b-256, keyed with the handshake hash, of the namespace of PEER_HOLEPUNCH, when both messages are made:
    /// with it the node can punch holes. Null: not made yet, or not told.
    /// </summary>
    Fixed32? HolepunchSecret => null;

    /// <summary>The next message of this side, which carries the payload as it is given.</summary>
    /// <exception cref="ProtocolException">Whoever has the key will not.</exception>
    /// <exception cref="TimeoutException">He did not answer.</exception>
    ValueTask<ReadOnlyMemory<byte>> WriteAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Reads the other side's message. A responder that answers here lets the other side in.</summary>
    /// <exception cref="ProtocolException">
    /// The message cannot be read, or the other side is not to be let in. The handshake is over.
    /// </exception>
    /// <exception cref="TimeoutException">Whoever has the key did not answer.</exception>
    ValueTask<NoiseOffer> ReadAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}
