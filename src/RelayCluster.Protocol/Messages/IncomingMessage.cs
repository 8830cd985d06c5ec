using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to client: a peer wants to connect to a server of the client; accept or deny.</summary>
/// <param name="Id">The id of the question.</param>
/// <param name="ServerAlias">The relay's alias of the server.</param>
/// <param name="RemotePublicKey">The peer's key.</param>
/// <param name="Payload">The Noise payload that the peer sent, in HyperDHT's encoding.</param>
public sealed record IncomingMessage(
    uint Id, uint ServerAlias, Fixed32 RemotePublicKey, ReadOnlyMemory<byte> Payload) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Incoming;

    internal static IncomingMessage Read(ref CompactReader reader)
    {
        uint id = reader.ReadUInt32();
        uint serverAlias = reader.ReadUInt32();
        Fixed32 remotePublicKey = reader.ReadFixed32();
        return new IncomingMessage(id, serverAlias, remotePublicKey, reader.ReadBuffer().ToArray());
    }

    internal override int GetEncodedSize() =>
        (2 * MessageFields.IdSize) + Fixed32.Size + CompactSize.Buffer(Payload.Length);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt32(Id);
        writer.WriteUInt32(ServerAlias);
        writer.WriteFixed32(RemotePublicKey);
        writer.WriteBuffer(Payload.Span);
    }
}
