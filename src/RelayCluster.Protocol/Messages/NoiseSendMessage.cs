using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to a client that keeps its key: make the next Noise message, with this payload.</summary>
/// <param name="Id">The id of the handshake, the same in all its questions.</param>
/// <param name="RemoteStreamAlias">
/// The client's alias of the stream that it opens, where it is the handshake's initiator; null where it is the
/// responder.
/// </param>
/// <param name="Payload">
/// The plaintext payload, in HyperDHT's encoding. The client encrypts it as it is: the relay has put the id of its own
/// UDX stream and its own addresses there.
/// </param>
/// <remarks>
/// A client that keeps its key makes the two messages of each handshake itself. It is the one that HyperDHT's peers
/// make with each other: Noise pattern IK over Ed25519, with ChaCha20-Poly1305 and BLAKE2b; the prologue is HyperDHT's
/// namespace of PEER_HANDSHAKE; the static key is the one of the connect or listen.
/// <code>
///   client connects                                    client listens
///     connect (no secret key) ──────►                    listen (no secret key) ──────►
///     ◄────── noiseSend(id, its alias)                   ◄────── signAnnounce, for each node
///     noiseReply(first message) ────►                    signature ───────────────────►
///     ◄────── noiseReceive(id)                           ◄────── listening
///     noiseReply(payload, complete) ►                    ◄────── noiseReceive(id, server)      a peer comes
///     ◄────── open(handshake id)                         noiseReply(payload, who it is) ►     let in, else no payload
///     data: a secret stream ◄───────►                    ◄────── noiseSend(id)
///                                                        noiseReply(answer, complete) ►
///                                                        ◄────── connection(handshake id)
///                                                        connected; data: a secret stream ◄──►
/// </code>
/// <para>
/// <b>An initiator</b> begins a new handshake with the stream's keys at each of these, and answers with the whole first
/// message (<see cref="NoiseReplyMessage.Payload"/>, <see cref="NoiseReplyMessage.Completion"/> null). There may be
/// several for one stream, under different ids: an answer that does not fit a handshake has spoiled it, and the relay
/// begins another. <see cref="OpenMessage.HandshakeId"/> names the one that holds; the others can be forgotten then, or
/// when the stream is destroyed.
/// </para>
/// <para>
/// <b>A responder</b> gets it after it has let the peer in (<see cref="NoiseReceiveMessage"/>), under the same id, and
/// answers with the whole second message and the completion. Of handshakes after whose reply no
/// <see cref="ConnectionMessage"/> comes (the peer never turned up) the client hears nothing more: it does well to
/// forget them after some 20 seconds.
/// </para>
/// <para>
/// A client that does not answer within the relay's <c>AnswerTimeout</c> (10 seconds unless set otherwise) has failed
/// the handshake, and a later answer is ignored, as is one to an id that was never asked. An empty payload says that
/// the client will not.
/// </para>
/// </remarks>
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
