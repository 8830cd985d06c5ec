using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// The 32 bytes that name one direction of one stream: BLAKE2b over the handshake hash and a constant of the sending
/// side. Both sides can compute both, so a header from another stream, or one's own sent back, is seen at once.
/// <code>
///   current     BLAKE2b(side,          key = handshake hash)   side = BLAKE2b(BLAKE2b(name) | number)
///   version 5   BLAKE2b(handshake hash, key = side)            side = BLAKE2b(number, key = BLAKE2b(name))
/// </code>
/// </summary>
public static class StreamId
{
    private const string ProtocolName = "hyperswarm/secret-stream";
    private const byte Initiator = 0;
    private const byte Responder = 1;

    private static readonly Fixed32 CurrentInitiator = Blake2b.Namespace(ProtocolName, Initiator);
    private static readonly Fixed32 CurrentResponder = Blake2b.Namespace(ProtocolName, Responder);
    private static readonly Fixed32 Version5Initiator = Version5Side(Initiator);
    private static readonly Fixed32 Version5Responder = Version5Side(Responder);

    /// <summary>The id of what the initiator, or the responder, of a handshake sends.</summary>
    /// <exception cref="ArgumentException">The hash is longer than 64 bytes or shorter than 16.</exception>
    public static Fixed32 Of(StreamGeneration generation, ReadOnlySpan<byte> handshakeHash, bool isInitiator)
    {
        Span<byte> id = stackalloc byte[Fixed32.Size];
        if (generation == StreamGeneration.Version5)
        {
            Blake2b.Hash(handshakeHash, id, key: (isInitiator ? Version5Initiator : Version5Responder).Span);
        }
        else
        {
            Blake2b.Hash((isInitiator ? CurrentInitiator : CurrentResponder).Span, id, key: handshakeHash);
        }

        return new Fixed32(id);
    }

    private static Fixed32 Version5Side(byte number)
    {
        Span<byte> side = stackalloc byte[Fixed32.Size];
        Blake2b.Hash([number], side, key: Blake2b.Hash("hyperswarm/secret-stream"u8).Span);
        return new Fixed32(side);
    }
}
