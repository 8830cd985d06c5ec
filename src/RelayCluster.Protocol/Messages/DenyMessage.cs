using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: the peer of an incoming question may not connect.</summary>
/// <param name="Id">The id of the question.</param>
public sealed record DenyMessage(uint Id) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Deny;

    internal static DenyMessage Read(ref CompactReader reader) => new(reader.ReadUInt32());

    internal override int GetEncodedSize() => MessageFields.IdSize;

    internal override void Write(ref CompactWriter writer) => writer.WriteUInt32(Id);
}
