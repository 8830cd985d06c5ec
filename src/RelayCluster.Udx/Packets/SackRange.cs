using System.Buffers.Binary;

namespace RelayCluster.Udx.Packets;

/// <summary>Packets that arrived ahead of a gap: from <paramref name="Start"/> up to, not including,
/// <paramref name="End"/>. Eight bytes on the wire.</summary>
internal readonly record struct SackRange(SequenceNumber Start, SequenceNumber End)
{
    public const int Size = 8;

    /// <summary>The reference sends at most so many (<c>UDX_MAX_SACKS</c>), the lowest ones.</summary>
    public const int MaxCount = 50;

    /// <summary>Takes the next range off the front; false when fewer than eight bytes are left.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out SackRange range)
    {
        if (source.Length < Size)
        {
            range = default;
            return false;
        }

        range = new SackRange(
            new SequenceNumber(BinaryPrimitives.ReadUInt32LittleEndian(source)),
            new SequenceNumber(BinaryPrimitives.ReadUInt32LittleEndian(source[4..])));
        source = source[Size..];
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Start.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], End.Value);
    }
}
