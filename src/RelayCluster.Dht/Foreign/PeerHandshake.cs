using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Foreign;

/// <summary>
/// The Noise handshake of HyperDHT where the secret key is: what an <see cref="IForeignHandshake"/> asks for is made
/// with this.
/// </summary>
public static class PeerHandshake
{
    /// <summary>Begins one: pattern IK, the prologue is the namespace of PEER_HANDSHAKE.</summary>
    /// <param name="keyPair">Stays the caller's, and must live as long as the handshake.</param>
    /// <param name="remotePublicKey">Of the server, where this side is the client; null where it is the server.</param>
    public static NoiseHandshake Begin(KeyPair keyPair, Fixed32? remotePublicKey) => new(
        NoisePattern.IK,
        isInitiator: remotePublicKey is not null,
        keyPair,
        remotePublicKey,
        HyperNamespace.PeerHandshake.Span);

    /// <summary>The key of the hole punching messages that belong to a handshake; it opens nothing else.</summary>
    public static Fixed32 GetHolepunchSecret(ReadOnlySpan<byte> handshakeHash) =>
        PayloadSeal.DeriveSecret(handshakeHash);
}
