using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to client: the stream that was asked for is open.</summary>
/// <param name="Alias">The relay's alias of the stream.</param>
/// <param name="RemoteAlias">The client's alias of the stream.</param>
/// <param name="HandshakeHash">64 bytes that both ends of the stream know; empty if the client keeps its key.</param>
/// <param name="HandshakeId">
/// If the client keeps its key: the id of the questions in which it made the handshake. Else 0.
/// </param>
public sealed record OpenMessage(
    uint Alias, uint RemoteAlias, ReadOnlyMemory<byte> HandshakeHash, uint HandshakeId) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Open;

    /// <summary>Whether the relay has made the handshake for the client.</summary>
    public bool IsCustodial => !HandshakeHash.IsEmpty;

    internal static OpenMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        uint alias = reader.ReadUInt32();
        uint remoteAlias = reader.ReadUInt32();
        return (flags & MessageFields.Custodial) != 0
            ? new OpenMessage(alias, remoteAlias, reader.ReadFixed64().ToArray(), 0)
            : new OpenMessage(alias, remoteAlias, default, reader.ReadUInt32());
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize
        + (2 * MessageFields.IdSize)
        + (IsCustodial ? MessageFields.HandshakeHashSize : MessageFields.IdSize);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8(IsCustodial ? MessageFields.Custodial : (byte)0);
        writer.WriteUInt32(Alias);
        writer.WriteUInt32(RemoteAlias);
        if (IsCustodial)
        {
            writer.WriteFixed64(HandshakeHash.Span);
        }
        else
        {
            writer.WriteUInt32(HandshakeId);
        }
    }
}
