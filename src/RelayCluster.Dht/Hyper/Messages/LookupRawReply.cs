using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// The value of a reply to LOOKUP: an array of <see cref="PeerRecord"/>, written as they were stored, then the latest
/// bump as a uint, which older nodes do not send.
/// </summary>
internal sealed record LookupRawReply(IReadOnlyList<PeerRecord> Peers, ulong Bump)
{
    public static byte[] Encode(IReadOnlyList<byte[]> records, ulong bump)
    {
        byte[] encoded = new byte[
            CompactSize.UInt((uint)records.Count) + records.Sum(r => r.Length) + CompactSize.UInt(bump)];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt((uint)records.Count);
        foreach (byte[] record in records)
        {
            writer.WriteRaw(record);
        }

        writer.WriteUInt(bump);
        return encoded;
    }

    /// <summary>Reads a value; null if it is not a whole reply.</summary>
    public static LookupRawReply? TryDecode(ReadOnlySpan<byte> value)
    {
        var reader = new CompactReader(value);
        if (!reader.TryReadLength(out int count) || count > reader.Remaining / PeerRecord.MinSize)
        {
            return null;
        }

        var peers = new PeerRecord[count];
        for (int i = 0; i < count; i++)
        {
            if (!PeerRecord.TryRead(ref reader, out peers[i]))
            {
                return null;
            }
        }

        ulong bump = 0;
        return reader.IsAtEnd || reader.TryReadUInt(out bump) ? new LookupRawReply(peers, bump) : null;
    }
}
