using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: stop the server.</summary>
/// <param name="Alias">The client's alias of the server.</param>
public sealed record CloseMessage(uint Alias) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Close;

    internal static CloseMessage Read(ref CompactReader reader) => new(reader.ReadUInt32());

    internal override int GetEncodedSize() => MessageFields.IdSize;

    internal override void Write(ref CompactWriter writer) => writer.WriteUInt32(Alias);
}
