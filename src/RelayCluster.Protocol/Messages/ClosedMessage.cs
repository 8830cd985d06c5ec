using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to client: the server has stopped.</summary>
/// <param name="Alias">The relay's alias of the server.</param>
public sealed record ClosedMessage(uint Alias) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Closed;

    internal static ClosedMessage Read(ref CompactReader reader) => new(reader.ReadUInt32());

    internal override int GetEncodedSize() => MessageFields.IdSize;

    internal override void Write(ref CompactWriter writer) => writer.WriteUInt32(Alias);
}
