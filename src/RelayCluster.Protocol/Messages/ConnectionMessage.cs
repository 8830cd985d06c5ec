using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to client: a server of the client has accepted a stream.</summary>
/// <param name="Alias">The relay's alias of the stream.</param>
/// <param name="ServerAlias">The relay's alias of the server.</param>
/// <param name="RemotePublicKey">Who connected.</param>
/// <param name="HandshakeHash">64 bytes that both ends of the stream know; empty if the client keeps its key.</param>
/// <param name="HandshakeId">
/// If the client keeps its key: the id of the questions in which it made the handshake. Else 0.
/// </param>
/// <remarks>
/// If the client keeps its key, the stream is raw: the <see cref="DataMessage"/>s of both sides carry the bytes of the
/// secret stream that the client runs with the keys of this handshake (the client
/// as the responder): a header of 59 bytes from each side at
/// once, then its frames, cut anywhere. The relay passes them on between the client and the UDX stream of the peer, and
/// an <see cref="EndMessage"/> is the end of that. The client answers with <see cref="ConnectedMessage"/> first.
/// </remarks>
public sealed record ConnectionMessage(
    uint Alias, uint ServerAlias, Fixed32 RemotePublicKey, ReadOnlyMemory<byte> HandshakeHash, uint HandshakeId)
    : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Connection;

    /// <summary>Whether the relay has made the handshake for the client.</summary>
    public bool IsCustodial => !HandshakeHash.IsEmpty;

    internal static ConnectionMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        uint alias = reader.ReadUInt32();
        uint serverAlias = reader.ReadUInt32();
        Fixed32 remotePublicKey = reader.ReadFixed32();
        return (flags & MessageFields.Custodial) != 0
            ? new ConnectionMessage(alias, serverAlias, remotePublicKey, reader.ReadFixed64().ToArray(), 0)
            : new ConnectionMessage(alias, serverAlias, remotePublicKey, default, reader.ReadUInt32());
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize
        + (2 * MessageFields.IdSize)
        + Fixed32.Size
        + (IsCustodial ? MessageFields.HandshakeHashSize : MessageFields.IdSize);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8(IsCustodial ? MessageFields.Custodial : (byte)0);
        writer.WriteUInt32(Alias);
        writer.WriteUInt32(ServerAlias);
        writer.WriteFixed32(RemotePublicKey);
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
