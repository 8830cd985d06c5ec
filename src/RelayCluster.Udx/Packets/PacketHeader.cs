using System.Buffers.Binary;

namespace RelayCluster.Udx.Packets;

/// <summary>
/// The 20 bytes that every UDX packet starts with; the numbers are little endian (udx.h, udx.c: <c>udx_write_header</c>).
/// <code>
///   0        1        2        3        4                 8                12       16       20
///   | 255    | 1      | types  | offset | id at receiver  | receive window | number | ack    | body
/// </code>
/// The offset counts the bytes between header and data: SACK ranges, or the padding of an MTU probe. A SACK packet with
/// offset 0 has ranges up to its end. <see cref="Ack"/> is the number of the next packet expected.
/// </summary>
internal readonly record struct PacketHeader
{
    public const int Size = 20;

    public const byte Magic = 255;

    public const byte Version = 1;

    public required PacketTypes Types { get; init; }

    public byte DataOffset { get; init; }

    public required uint StreamId { get; init; }

    public required uint ReceiveWindow { get; init; }

    public required SequenceNumber Sequence { get; init; }

    public required SequenceNumber Ack { get; init; }

    /// <summary>Whether the packet has a sequence number of its own, which the receiver acknowledges.</summary>
    public bool IsNumbered => (Types & (PacketTypes.Data | PacketTypes.End)) != 0;

    /// <summary>Reads the header of a datagram; false if the datagram is not a UDX packet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out PacketHeader header)
    {
        if (datagram.Length < Size || datagram[0] != Magic || datagram[1] != Version)
        {
            header = default;
            return false;
        }

        header = new PacketHeader
        {
            Types = (PacketTypes)datagram[2],
            DataOffset = datagram[3],
            StreamId = BinaryPrimitives.ReadUInt32LittleEndian(datagram[4..]),
            ReceiveWindow = BinaryPrimitives.ReadUInt32LittleEndian(datagram[8..]),
            Sequence = new SequenceNumber(BinaryPrimitives.ReadUInt32LittleEndian(datagram[12..])),
            Ack = new SequenceNumber(BinaryPrimitives.ReadUInt32LittleEndian(datagram[16..])),
        };
        return true;
    }

    /// <summary>Writes the header to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = Magic;
        destination[1] = Version;
        destination[2] = (byte)Types;
        destination[3] = DataOffset;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], StreamId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], ReceiveWindow);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Sequence.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], Ack.Value);
    }

    /// <summary>Takes apart what follows the header; false if the offset points outside of it.</summary>
    public bool TrySplitBody(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> sacks, out ReadOnlySpan<byte> data)
    {
        sacks = default;
        data = default;
        if (DataOffset > body.Length)
        {
            return false;
        }

        if ((Types & PacketTypes.Sack) == 0)
        {
            data = body[DataOffset..];
            return true;
        }

        sacks = DataOffset == 0 ? body : body[..DataOffset];
        data = DataOffset == 0 ? default : body[DataOffset..];
        return true;
    }
}
