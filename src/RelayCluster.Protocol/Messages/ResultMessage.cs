using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to client: one node's answer to a query.</summary>
/// <param name="Id">The id of the query.</param>
/// <param name="Data">The answer; for lookup, announce and unannounce it is encoded <see cref="Announcers"/>.</param>
public sealed record ResultMessage(uint Id, ReadOnlyMemory<byte> Data) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Result;

    internal static ResultMessage Read(ref CompactReader reader) =>
        new(reader.ReadUInt32(), reader.ReadBuffer().ToArray());

    internal override int GetEncodedSize() => MessageFields.IdSize + CompactSize.Buffer(Data.Length);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt32(Id);
        writer.WriteBuffer(Data.Span);
    }
}
