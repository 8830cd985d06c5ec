using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RelayCluster.Wire;

/// <summary>
/// Writes compact-encoding into a span that the caller measured with <see cref="CompactSize"/>. The layouts are drawn
/// at <see cref="CompactReader"/>.
/// </summary>
/// <remarks>
/// Writing past the end is the caller's mistake and throws <see cref="ArgumentException"/> or its kin, as does a value
/// that the codec cannot carry. A writer has no state but its place: what was written stays when a later write throws.
/// </remarks>
public ref struct CompactWriter
{
    private readonly Span<byte> _destination;

    /// <summary>A writer at the start of <paramref name="destination"/>.</summary>
    public CompactWriter(Span<byte> destination)
    {
        _destination = destination;
    }

    /// <summary>How many bytes were written.</summary>
    public int Position { get; private set; }

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _destination.Length - Position;

    /// <summary>The bytes written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _destination[..Position];

    /// <summary>Writes a variable integer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is over 2^53-1.</exception>
    public void WriteUInt(ulong value)
    {
        switch (value)
        {
            case <= 0xfc:
                WriteUInt8((byte)value);
                break;
            case <= ushort.MaxValue:
                WriteUInt8(0xfd);
                WriteUInt16((ushort)value);
                break;
            case <= uint.MaxValue:
                WriteUInt8(0xfe);
                WriteUInt32((uint)value);
                break;
            default:
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value, CompactReader.MaxUInt);
                WriteUInt8(0xff);
                WriteUInt64(value);
                break;
        }
    }

    /// <summary>Writes one byte.</summary>
    public void WriteUInt8(byte value) => Take(1)[0] = value;

    /// <summary>Writes two bytes, little endian.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), value);

    /// <summary>Writes three bytes, little endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value needs more.</exception>
    public void WriteUInt24(uint value) => WriteLittleEndian(value, 3);

    /// <summary>Writes four bytes, little endian.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    /// <summary>Writes five bytes, little endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value needs more.</exception>
    public void WriteUInt40(ulong value) => WriteLittleEndian(value, 5);

    /// <summary>Writes six bytes, little endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value needs more.</exception>
    public void WriteUInt48(ulong value) => WriteLittleEndian(value, 6);

    /// <summary>Writes seven bytes, little endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value needs more.</exception>
    public void WriteUInt56(ulong value) => WriteLittleEndian(value, 7);

    /// <summary>Writes eight bytes, little endian.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    /// <summary>Writes four bytes in network order.</summary>
    public void WriteUInt32BigEndian(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(sizeof(uint)), value);

    /// <summary>Writes eight bytes in network order.</summary>
    public void WriteUInt64BigEndian(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(sizeof(ulong)), value);

    /// <summary>Writes a signed variable integer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in -2^52 .. 2^52-1.</exception>
    public void WriteInt(long value) => WriteUInt(ZigZag.Encode(value));

    /// <summary>Writes a signed integer in one byte.</summary>
    public void WriteInt8(sbyte value) => WriteUInt8((byte)ZigZag.Encode(value));

    /// <summary>Writes a signed integer in two bytes.</summary>
    public void WriteInt16(short value) => WriteUInt16((ushort)ZigZag.Encode(value));

    /// <summary>Writes a signed integer in three bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value needs more.</exception>
    public void WriteInt24(int value) => WriteLittleEndian(ZigZag.Encode(value), 3);

    /// <summary>Writes a signed integer in four bytes.</summary>
    public void WriteInt32(int value) => WriteUInt32((uint)ZigZag.Encode(value));

    /// <summary>Writes a signed integer in five bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value needs more.</exception>
    public void WriteInt40(long value) => WriteLittleEndian(ZigZag.Encode(value), 5);

    /// <summary>Writes a signed integer in six bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value needs more.</exception>
    public void WriteInt48(long value) => WriteLittleEndian(ZigZag.Encode(value), 6);

    /// <summary>Writes a signed integer in seven bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value needs more.</exception>
    public void WriteInt56(long value) => WriteLittleEndian(ZigZag.Encode(value), 7);

    /// <summary>Writes a signed integer in eight bytes.</summary>
    public void WriteInt64(long value) => WriteUInt64(ZigZag.Encode(value));

    /// <summary>Writes an IEEE 754 number in four bytes; there is one NaN, the positive quiet one.</summary>
    public void WriteFloat32(float value) =>
        WriteUInt32(float.IsNaN(value) ? 0x7fc0_0000 : BitConverter.SingleToUInt32Bits(value));

    /// <summary>Writes an IEEE 754 number in eight bytes; there is one NaN, the positive quiet one.</summary>
    public void WriteFloat64(double value) =>
        WriteUInt64(double.IsNaN(value) ? 0x7ff8_0000_0000_0000 : BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes the byte 1 or 0.</summary>
    public void WriteBool(bool value) => WriteUInt8(value ? (byte)1 : (byte)0);

    /// <summary>Writes the bytes without a length: <c>raw</c> and the fixed codecs.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Writes 32 bytes.</summary>
    public void WriteFixed32(scoped in Fixed32 value) => WriteRaw(value.Span);

    /// <summary>Writes 64 bytes.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public void WriteFixed64(scoped ReadOnlySpan<byte> bytes) => WriteFixed(bytes, 64);

    /// <summary>Writes the bytes, of which there must be <paramref name="length"/>.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public void WriteFixed(scoped ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length != length)
        {
            throw new ArgumentException($"{length} bytes are needed, not {bytes.Length}", nameof(bytes));
        }

        WriteRaw(bytes);
    }

    /// <summary>Writes the length and the bytes. With version 2 and for <c>optionalBuffer</c>, empty is null.</summary>
    public void WriteBuffer(scoped ReadOnlySpan<byte> bytes)
    {
        WriteUInt((ulong)bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Writes the length in bytes and the text in UTF-8.</summary>
    public void WriteString(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        WriteUInt((ulong)length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <summary>Writes an instant as milliseconds since 1970; what is finer is lost.</summary>
    public void WriteDate(DateTimeOffset value) => WriteInt(value.ToUnixTimeMilliseconds());

    /// <summary>Writes <c>ipv4Address</c>.</summary>
    /// <exception cref="ArgumentException">The address is of another family.</exception>
    public void WriteIPv4EndPoint(IPEndPoint value) => WriteEndPoint(value, 4);

    /// <summary>Writes <c>ipv6Address</c>.</summary>
    /// <exception cref="ArgumentException">The address is of another family.</exception>
    public void WriteIPv6EndPoint(IPEndPoint value) => WriteEndPoint(value, 16);

    /// <summary>Writes <c>ipAddress</c>: the byte 4 or 6, then the address of that family.</summary>
    public void WriteIPEndPoint(IPEndPoint value)
    {
        ArgumentNullException.ThrowIfNull(value);
        bool isIPv4 = value.AddressFamily == AddressFamily.InterNetwork;
        WriteUInt8(isIPv4 ? (byte)4 : (byte)6);
        WriteEndPoint(value, isIPv4 ? 4 : 16);
    }

    /// <summary>The next <paramref name="length"/> bytes, for the caller to fill.</summary>
    public Span<byte> Take(int length)
    {
        Span<byte> taken = _destination.Slice(Position, length);
        Position += length;
        return taken;
    }

    private void WriteEndPoint(IPEndPoint value, int addressLength)
    {
        ArgumentNullException.ThrowIfNull(value);
        Span<byte> address = stackalloc byte[16];
        if (!value.Address.TryWriteBytes(address, out int written) || written != addressLength)
        {
            throw new ArgumentException($"an address of {addressLength} bytes is needed, not {value}", nameof(value));
        }

        WriteRaw(address[..addressLength]);
        WriteUInt16((ushort)value.Port);
    }

    private void WriteLittleEndian(ulong value, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ulong.MaxValue >> (64 - (8 * length)));
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(padded, value);
        WriteRaw(padded[..length]);
    }
}
