using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to a client that keeps its key: read this Noise message.</summary>
/// <param name="Id">The id of the handshake, the same in all its questions.</param>
/// <param name="ServerAlias">
/// The relay's alias of the server, where the client is the handshake's responder; null where it is the initiator.
/// </param>
/// <param name="Payload">The Noise message as it came from the peer.</param>
public sealed record NoiseReceiveMessage(uint Id, uint? ServerAlias, ReadOnlyMemory<byte> Payload) : RelayMessage
{
    private const byte InitiatorFlag = 1;

    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.NoiseReceive;

    /// <summary>Whether the client is the handshake's initiator.</summary>
    public bool IsInitiator => ServerAlias is null;

    internal static NoiseReceiveMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        uint id = reader.ReadUInt32();
        uint? serverAlias = (flags & InitiatorFlag) == 0 ? reader.ReadUInt32() : null;
        return new NoiseReceiveMessage(id, serverAlias, reader.ReadBuffer().ToArray());
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize
        + MessageFields.IdSize
        + (IsInitiator ? 0 : MessageFields.IdSize)
        + CompactSize.Buffer(Payload.Length);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8(IsInitiator ? InitiatorFlag : (byte)0);
        writer.WriteUInt32(Id);
        if (ServerAlias is { } alias)
        {
            writer.WriteUInt32(alias);
        }

        writer.WriteBuffer(Payload.Span);
    }
}
