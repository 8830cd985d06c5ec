using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace RelayCluster.Wire;

/// <summary>
/// Reads compact-encoding, the format of everything above datagrams and below JSON in the Hyperswarm world: no tags, no
/// field numbers, integers little endian, lengths as variable integers. The names are those of the npm package.
/// </summary>
/// <remarks>
/// <para>
/// <c>Read*</c> belongs inside a session whose other side is known: bytes that do not fit the codec throw the one
/// <see cref="ProtocolException"/>. <c>TryRead*</c> belongs at doors open to the Internet, where junk is usual and must
/// not cost an exception: false means that nothing more can be read, and the position is then of no meaning.
/// </para>
/// <para>
/// Whatever a length or count claims, nothing is allocated before it was held against the bytes that are there. Spans
/// that are returned lie in the source: no copy is made, and <see cref="Position"/> lets an owner of the source slice
/// its memory at the same place.
/// </para>
/// <code>
/// uint      0..fc               the value itself
///           fd + uint16         up to 65535
///           fe + uint32         up to 2^32-1
///           ff + uint64         up to 2^53-1: what a JavaScript number holds
/// int       zigzag, then uint   0 -1 1 -2 2 become 0 1 2 3 4
/// buffer    uint length, bytes
/// string    uint length, UTF-8
/// address   IPv4 or IPv6 bytes in network order, uint16 port in little endian
/// </code>
/// <para>
/// Longer forms of an integer than it needs are accepted, as the reference does. Rarer codecs (big integers, arrays,
/// records, lexicographic integers) stand in <c>RelayCluster.Wire.Values</c>.
/// </para>
/// </remarks>
public ref struct CompactReader
{
    /// <summary>The largest value that the uint codec carries: 2^53-1.</summary>
    public const ulong MaxUInt = (1UL << 53) - 1;

    private readonly ReadOnlySpan<byte> _source;

    /// <summary>A reader at the start of <paramref name="source"/>.</summary>
    public CompactReader(ReadOnlySpan<byte> source)
    {
        _source = source;
    }

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _source.Length - Position;

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => Position == _source.Length;

    /// <summary>Reads a variable integer of at most 2^53-1.</summary>
    public bool TryReadUInt(out ulong value)
    {
        if (!TryReadUInt8(out byte first))
        {
            value = 0;
            return false;
        }

        switch (first)
        {
            case 0xfd when TryReadUInt16(out ushort small):
                value = small;
                return true;
            case 0xfe when TryReadUInt32(out uint medium):
                value = medium;
                return true;
            case 0xff when TryReadUInt64(out value):
                return value <= MaxUInt;
            case <= 0xfc:
                value = first;
                return true;
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>
    /// Reads a variable integer that counts bytes or entries which are still to come, one byte each at least.
    /// </summary>
    public bool TryReadLength(out int length)
    {
        bool read = TryReadUInt(out ulong value) && value <= (ulong)Remaining;
        length = read ? (int)value : 0;
        return read;
    }

    /// <summary>Reads one byte.</summary>
    public bool TryReadUInt8(out byte value)
    {
        if (IsAtEnd)
        {
            value = 0;
            return false;
        }

        value = _source[Position++];
        return true;
    }

    /// <summary>Reads two bytes, little endian.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        bool read = TryReadFixed(sizeof(ushort), out ReadOnlySpan<byte> bytes);
        value = read ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : default;
        return read;
    }

    /// <summary>Reads four bytes, little endian.</summary>
    public bool TryReadUInt32(out uint value)
    {
        bool read = TryReadFixed(sizeof(uint), out ReadOnlySpan<byte> bytes);
        value = read ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : default;
        return read;
    }

    /// <summary>Reads eight bytes, little endian.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        bool read = TryReadFixed(sizeof(ulong), out ReadOnlySpan<byte> bytes);
        value = read ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : default;
        return read;
    }

    /// <summary>Reads exactly <paramref name="length"/> bytes, in place.</summary>
    public bool TryReadFixed(int length, out ReadOnlySpan<byte> bytes)
    {
        if ((uint)length > (uint)Remaining)
        {
            bytes = default;
            return false;
        }

        bytes = _source.Slice(Position, length);
        Position += length;
        return true;
    }

    /// <summary>Reads 32 bytes.</summary>
    public bool TryReadFixed32(out Fixed32 value)
    {
        bool read = TryReadFixed(Fixed32.Size, out ReadOnlySpan<byte> bytes);
        value = read ? new Fixed32(bytes) : default;
        return read;
    }

    /// <summary>Reads a length and that many bytes, in place.</summary>
    public bool TryReadBuffer(out ReadOnlySpan<byte> bytes)
    {
        if (TryReadLength(out int length))
        {
            return TryReadFixed(length, out bytes);
        }

        bytes = default;
        return false;
    }

    /// <summary>Reads a variable integer of at most 2^53-1.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or the value is larger.</exception>
    public ulong ReadUInt()
    {
        if (!TryReadUInt(out ulong value))
        {
            ThrowBadUInt();
        }

        return value;
    }

    /// <summary>Reads a variable integer and refuses values over <paramref name="limit"/>.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or the value is larger.</exception>
    public int ReadUInt(int limit)
    {
        ulong value = ReadUInt();
        if (value > (ulong)limit)
        {
            ThrowOverLimit(value, limit);
        }

        return (int)value;
    }

    /// <summary>
    /// Reads how many entries follow, where each takes <paramref name="minEntrySize"/> bytes or more: a count that the
    /// remaining bytes cannot hold is refused before anything is allocated for it.
    /// </summary>
    /// <exception cref="ProtocolException">The bytes end early, or there cannot be so many entries.</exception>
    public int ReadCount(int minEntrySize = 1)
    {
        ulong count = ReadUInt();
        if (count > (ulong)(Remaining / Math.Max(minEntrySize, 1)))
        {
            ThrowEnd();
        }

        return (int)count;
    }

    /// <summary>Reads one byte.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public byte ReadUInt8() => ReadFixed(1)[0];

    /// <summary>Reads two bytes, little endian.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadFixed(sizeof(ushort)));

    /// <summary>Reads three bytes, little endian.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public uint ReadUInt24() => (uint)ReadLittleEndian(3);

    /// <summary>Reads four bytes, little endian.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadFixed(sizeof(uint)));

    /// <summary>Reads five bytes, little endian.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ulong ReadUInt40() => ReadLittleEndian(5);

    /// <summary>Reads six bytes, little endian.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ulong ReadUInt48() => ReadLittleEndian(6);

    /// <summary>Reads seven bytes, little endian.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ulong ReadUInt56() => ReadLittleEndian(7);

    /// <summary>Reads eight bytes, little endian: <c>uint64</c> and <c>biguint64</c>.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadFixed(sizeof(ulong)));

    /// <summary>Reads four bytes in network order.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public uint ReadUInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(ReadFixed(sizeof(uint)));

    /// <summary>Reads eight bytes in network order.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ulong ReadUInt64BigEndian() => BinaryPrimitives.ReadUInt64BigEndian(ReadFixed(sizeof(ulong)));

    /// <summary>Reads a signed variable integer.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or the value is too large.</exception>
    public long ReadInt() => ZigZag.Decode(ReadUInt());

    /// <summary>Reads a signed integer in one byte.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public sbyte ReadInt8() => (sbyte)ZigZag.Decode(ReadUInt8());

    /// <summary>Reads a signed integer in two bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public short ReadInt16() => (short)ZigZag.Decode(ReadUInt16());

    /// <summary>Reads a signed integer in three bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public int ReadInt24() => (int)ZigZag.Decode(ReadUInt24());

    /// <summary>Reads a signed integer in four bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public int ReadInt32() => (int)ZigZag.Decode(ReadUInt32());

    /// <summary>Reads a signed integer in five bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public long ReadInt40() => ZigZag.Decode(ReadUInt40());

    /// <summary>Reads a signed integer in six bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public long ReadInt48() => ZigZag.Decode(ReadUInt48());

    /// <summary>Reads a signed integer in seven bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public long ReadInt56() => ZigZag.Decode(ReadUInt56());

    /// <summary>Reads a signed integer in eight bytes: <c>int64</c> and <c>bigint64</c>.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public long ReadInt64() => ZigZag.Decode(ReadUInt64());

    /// <summary>Reads an IEEE 754 number in four bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public float ReadFloat32() => BinaryPrimitives.ReadSingleLittleEndian(ReadFixed(sizeof(float)));

    /// <summary>Reads an IEEE 754 number in eight bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public double ReadFloat64() => BinaryPrimitives.ReadDoubleLittleEndian(ReadFixed(sizeof(double)));

    /// <summary>Reads one byte; 1 is true and everything else is not.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public bool ReadBool() => ReadUInt8() == 1;

    /// <summary>Reads exactly <paramref name="length"/> bytes, in place.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ReadOnlySpan<byte> ReadFixed(int length)
    {
        if (!TryReadFixed(length, out ReadOnlySpan<byte> bytes))
        {
            ThrowEnd();
        }

        return bytes;
    }

    /// <summary>Reads 32 bytes.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public Fixed32 ReadFixed32() => new(ReadFixed(Fixed32.Size));

    /// <summary>Reads 64 bytes, in place.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ReadOnlySpan<byte> ReadFixed64() => ReadFixed(64);

    /// <summary>
    /// Reads a length and that many bytes, in place: <c>buffer</c> of version 3. With version 2 an empty span is null.
    /// </summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public ReadOnlySpan<byte> ReadBuffer() => ReadFixed(ReadCount());

    /// <summary>Reads a length, refuses it over <paramref name="limit"/>, and that many bytes, in place.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or there are too many.</exception>
    public ReadOnlySpan<byte> ReadBuffer(int limit) => ReadFixed(ReadUInt(limit));

    /// <summary>
    /// Reads a copy of a buffer, or null where its length is zero: <c>buffer</c> of version 2, <c>optionalBuffer</c> of
    /// version 3.
    /// </summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public byte[]? ReadOptionalBuffer()
    {
        ReadOnlySpan<byte> bytes = ReadBuffer();
        return bytes.IsEmpty ? null : bytes.ToArray();
    }

    /// <summary>Reads a reader of its own for the bytes behind a length: <c>frame</c>.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public CompactReader ReadFrame() => new(ReadBuffer());

    /// <summary>Reads all that is left, in place: <c>raw</c>.</summary>
    public ReadOnlySpan<byte> ReadRaw() => ReadFixed(Remaining);

    /// <summary>Reads a length and that many bytes of UTF-8; what is no UTF-8 becomes U+FFFD.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public string ReadString() => Encoding.UTF8.GetString(ReadBuffer());

    /// <summary>Reads a string of at most <paramref name="limitBytes"/> bytes of UTF-8.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or there are too many.</exception>
    public string ReadString(int limitBytes) => Encoding.UTF8.GetString(ReadBuffer(limitBytes));

    /// <summary>Reads an instant: milliseconds since 1970.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or no such year can be told.</exception>
    public DateTimeOffset ReadDate()
    {
        long milliseconds = ReadInt();
        if (milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            throw new ProtocolException($"a date is out of range: {milliseconds} ms since 1970");
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>Reads <c>ipv4Address</c>: four bytes of address, two of port.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public IPEndPoint ReadIPv4EndPoint() => new(new IPAddress(ReadFixed(4)), ReadUInt16());

    /// <summary>Reads <c>ipv6Address</c>: sixteen bytes of address, two of port.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public IPEndPoint ReadIPv6EndPoint() => new(new IPAddress(ReadFixed(16)), ReadUInt16());

    /// <summary>Reads <c>ipAddress</c>: the byte 4 or 6, then the address of that family.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or the family is another.</exception>
    public IPEndPoint ReadIPEndPoint()
    {
        byte family = ReadUInt8();
        return family switch
        {
            4 => ReadIPv4EndPoint(),
            6 => ReadIPv6EndPoint(),
            _ => throw new ProtocolException($"an address family must be 4 or 6, not {family}"),
        };
    }

    private ulong ReadLittleEndian(int length)
    {
        ReadOnlySpan<byte> bytes = ReadFixed(length);
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        bytes.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64LittleEndian(padded);
    }

    [DoesNotReturn]
    private readonly void ThrowEnd() =>
        throw new ProtocolException($"the bytes end early: {_source.Length} bytes do not hold what they announce");

    [DoesNotReturn]
    private readonly void ThrowBadUInt() =>
        throw new ProtocolException($"no variable integer up to 2^53-1 in the {_source.Length} bytes given");

    [DoesNotReturn]
    private static void ThrowOverLimit(ulong value, int limit) =>
        throw new ProtocolException($"{value} is over the limit of {limit}");
}
