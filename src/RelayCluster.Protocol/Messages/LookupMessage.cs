using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: who announces this topic?</summary>
/// <param name="Id">The id of the query.</param>
/// <param name="Topic">The topic.</param>
public sealed record LookupMessage(uint Id, Fixed32 Topic) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Lookup;

    internal static LookupMessage Read(ref CompactReader reader) => new(reader.ReadUInt32(), reader.ReadFixed32());

    internal override int GetEncodedSize() => MessageFields.IdSize + Fixed32.Size;

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt32(Id);
        writer.WriteFixed32(Topic);
    }
}
