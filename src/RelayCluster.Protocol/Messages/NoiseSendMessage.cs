using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to a client that keeps its key: make the next Noise message, with this payload.</summary>
/// <param name="Id">The id of the handshake, the same in all its questions.</param>
/// <param name="RemoteStreamAlias">
/// The client's alias of the stream that it opens, where it is the handshake's initiator; null where it is the
/// responder.
/// </param>
/// <param name="Payload">The plaintext payload, in HyperDHT's encoding.</param>
public sealed record NoiseSendMessage(uint Id, uint? RemoteStreamAlias, ReadOnlyMemory<byte> Payload) : RelayMessage
{
    private const byte InitiatorFlag = 1;

    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.NoiseSend;

    /// <summary>Whether the client is the handshake's initiator.</summary>
    public bool IsInitiator => RemoteStreamAlias is not null;

    internal static NoiseSendMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        uint id = reader.ReadUInt32();
        uint? remoteStreamAlias = (flags & InitiatorFlag) != 0 ? reader.ReadUInt32() : null;
        return new NoiseSendMessage(id, remoteStreamAlias, reader.ReadBuffer().ToArray());
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize
        + MessageFields.IdSize
        + (IsInitiator ? MessageFields.IdSize : 0)
        + CompactSize.Buffer(Payload.Length);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8(IsInitiator ? InitiatorFlag : (byte)0);
        writer.WriteUInt32(Id);
        if (RemoteStreamAlias is { } alias)
        {
            writer.WriteUInt32(alias);
        }

        writer.WriteBuffer(Payload.Span);
    }
}
