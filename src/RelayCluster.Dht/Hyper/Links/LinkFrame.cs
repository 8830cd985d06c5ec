using System.Buffers;
using System.Buffers.Binary;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Links;

/// <summary>
/// The codec of what goes over a link.
/// <code>
///   uint8   kind      <see cref="LinkFrameKind"/>
///   uint16  length    of the body, at most 32,768; little-endian
///   bytes   body
/// </code>
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="Body">Part of the buffer that it was read from.</param>
internal readonly record struct LinkFrame(LinkFrameKind Kind, ReadOnlySequence<byte> Body)
{
    public const int HeaderSize = 3;
    public const int MaxBodySize = 32 * 1024;

    /// <summary>Takes the next frame off the front of a buffer; false if it is not all there yet.</summary>
    /// <exception cref="ProtocolException">That is no frame.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out LinkFrame frame)
    {
        frame = default;
        if (buffer.Length < HeaderSize)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(header[1..]);
        if (header[0] is < (byte)LinkFrameKind.Hello or > (byte)LinkFrameKind.End || length > MaxBodySize)
        {
            throw new ProtocolException($"a link has no frames of kind {header[0]} and length {length}");
        }

        if (buffer.Length < HeaderSize + length)
        {
            return false;
        }

        frame = new LinkFrame((LinkFrameKind)header[0], buffer.Slice(HeaderSize, length));
        buffer = buffer.Slice(HeaderSize + length);
        return true;
    }

    /// <summary>Writes a frame, without a flush.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The body is too long.</exception>
    public static void Write(IBufferWriter<byte> writer, LinkFrameKind kind, ReadOnlySequence<byte> body)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MaxBodySize);
        int length = (int)body.Length;
        Span<byte> frame = writer.GetSpan(HeaderSize + length);
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[1..], (ushort)length);
        body.CopyTo(frame[HeaderSize..]);
        writer.Advance(HeaderSize + length);
    }
}
