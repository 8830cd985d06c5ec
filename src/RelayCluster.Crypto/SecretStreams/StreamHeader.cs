using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// The first frame of each direction (@hyperswarm/secret-stream, <c>_setupSecretStream</c>), not encrypted:
/// <c>56, 0, 0 | stream id 32 | secretstream header 24</c>.
/// </summary>
internal static class StreamHeader
{
    internal const int BodySize = Fixed32.Size + StreamCipher.HeaderSize;

    internal const int FrameSize = Frame.PrefixSize + BodySize;

    internal static void Write(Fixed32 id, ReadOnlySpan<byte> cipherHeader, Span<byte> frame)
    {
        Frame.WritePrefix(BodySize, frame);
        id.Span.CopyTo(frame[Frame.PrefixSize..]);
        cipherHeader.CopyTo(frame[(Frame.PrefixSize + Fixed32.Size)..]);
    }

    /// <exception cref="ProtocolException">The frame has another length.</exception>
    internal static Fixed32 Read(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> cipherHeader)
    {
        if (body.Length != BodySize)
        {
            throw new ProtocolException($"A stream header has {BodySize} bytes, not {body.Length}");
        }

        cipherHeader = body[Fixed32.Size..];
        return new Fixed32(body[..Fixed32.Size]);
    }
}
