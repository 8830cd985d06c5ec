using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: the stream that a server accepted is known here too.</summary>
/// <param name="Alias">The client's alias of the stream.</param>
/// <param name="RemoteAlias">The relay's, from the connection message.</param>
public sealed record ConnectedMessage(uint Alias, uint RemoteAlias) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Connected;

    internal static ConnectedMessage Read(ref CompactReader reader) => new(reader.ReadUInt32(), reader.ReadUInt32());

    internal override int GetEncodedSize() => 2 * MessageFields.IdSize;

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt32(Alias);
        writer.WriteUInt32(RemoteAlias);
    }
}
