using RelayCluster.Wire;
using RelayCluster.Wire.Values;

namespace RelayCluster.Cluster.Directory;

/// <summary>
/// What a node tells the others of its servers: which came and went since its last message, nothing but its number, or a
/// part of all that it has.
/// <code>
/// uint8    1             the version
/// uint64   incarnation   which start of the node; another number each time
/// uint     number        of the last change; one more with each message that has some
/// uint     count         of those that came; then their public keys, 32 bytes each
/// uint     count         of those that went; then their public keys
/// </code>
/// </summary>
internal sealed record DirectoryMessage(
    ulong Incarnation,
    ulong Number,
    IReadOnlyList<Fixed32> Added,
    IReadOnlyList<Fixed32> Removed)
{
    /// <summary>How many keys one message has at most: some 32 KiB.</summary>
    public const int MaxKeys = 1024;

    /// <summary>How many parts a snapshot has at most.</summary>
    public const int MaxParts = OwnServers.MaxTold / MaxKeys;

    private const byte Version = 1;

    /// <summary>Whether it tells of a change.</summary>
    public bool HasChanges => Added.Count + Removed.Count > 0;

    public byte[] Encode()
    {
        byte[] encoded = new byte[
            1 + sizeof(ulong) + CompactSize.UInt(Number) + GetEncodedSize(Added) + GetEncodedSize(Removed)];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt8(Version);
        writer.WriteUInt64(Incarnation);
        writer.WriteUInt(Number);
        Write(ref writer, Added);
        Write(ref writer, Removed);
        return encoded;
    }

    /// <exception cref="ProtocolException">That is no such message.</exception>
    public static DirectoryMessage Decode(ReadOnlySpan<byte> encoded)
    {
        var reader = new CompactReader(encoded);
        byte version = reader.ReadUInt8();
        if (version != Version)
        {
            throw new ProtocolException($"a message of servers has version {version}");
        }

        return new DirectoryMessage(reader.ReadUInt64(), reader.ReadUInt(), Read(ref reader), Read(ref reader));
    }

    private static int GetEncodedSize(IReadOnlyList<Fixed32> keys) =>
        ArrayCodec.GetArraySize(keys, static _ => Fixed32.Size);

    private static void Write(ref CompactWriter writer, IReadOnlyList<Fixed32> keys) =>
        writer.WriteArray(keys, static (ref CompactWriter writer, Fixed32 key) => writer.WriteFixed32(key));

    private static Fixed32[] Read(ref CompactReader reader) =>
        reader.ReadArray(static (ref CompactReader reader) => reader.ReadFixed32(), Fixed32.Size);
}
