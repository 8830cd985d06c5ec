using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Either side: nothing more is sent on the stream; the other direction goes on.</summary>
/// <param name="Alias">The sender's alias of the stream.</param>
public sealed record EndMessage(uint Alias) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.End;

    internal static EndMessage Read(ref CompactReader reader) => new(reader.ReadUInt32());

    internal override int GetEncodedSize() => MessageFields.IdSize;

    internal override void Write(ref CompactWriter writer) => writer.WriteUInt32(Alias);
}
