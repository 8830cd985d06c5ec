using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to client: the query is over.</summary>
/// <param name="Id">The id of the query.</param>
public sealed record FinishedMessage(uint Id) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Finished;

    internal static FinishedMessage Read(ref CompactReader reader) => new(reader.ReadUInt32());

    internal override int GetEncodedSize() => MessageFields.IdSize;

    internal override void Write(ref CompactWriter writer) => writer.WriteUInt32(Id);
}
