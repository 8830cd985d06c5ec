using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to a client that keeps its key: read this Noise message.</summary>
/// <param name="Id">The id of the handshake, the same in all its questions.</param>
/// <param name="ServerAlias">
/// The relay's alias of the server, where the client is the handshake's responder; null where it is the initiator.
/// </param>
/// <param name="Payload">The Noise message as it came from the peer.</param>
/// <remarks>
/// The order of questions is drawn at <see cref="NoiseSendMessage"/>. The client reads the message, and answers with a
/// <see cref="NoiseReplyMessage"/> under the same id.
/// <para>
/// <b>An initiator</b> reads the server's answer with the handshake of this id: it replies with the decrypted payload,
/// as it came, and the completion. If it cannot read it (whoever relays in the DHT may have made it up) the reply is
/// empty and without a completion; the handshake is over then, and the relay begins another if there are more ways to
/// the peer.
/// </para>
/// <para>
/// <b>A responder</b> begins a handshake under this id, with the key of the server. It asks its firewall about the
/// peer's key and payload, and may take its time up to the relay's <c>AnswerTimeout</c> (a peer of the reference waits
/// some four seconds). To let the peer in it replies with the decrypted payload, as it came, and the peer's key; no
/// <see cref="IncomingMessage"/> comes then, which only a custodial server is asked. To deny, or if it cannot read the
/// message (any stranger can send one), it replies with an empty payload and any key; then the handshake is over, and
/// the peer gets no answer. The first question about a server comes after its <see cref="ListeningMessage"/>.
/// </para>
/// </remarks>
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
