using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: what came of a noiseSend or noiseReceive.</summary>
/// <param name="IsInitiator">Whether the client is the handshake's initiator.</param>
/// <param name="Id">The id of the handshake.</param>
/// <param name="Payload">
/// After a send the Noise message to pass on, after a receive the plaintext payload. Nothing if the client denies.
/// </param>
/// <param name="RemotePublicKey">
/// Who the peer is; only from a responder whose handshake is not complete, where it must not be null: a denial carries
/// zeros if the client has nothing better.
/// </param>
/// <param name="Completion">What follows from the handshake once it is complete, else null.</param>
/// <remarks>
/// What is answered when, and by whom:
/// <list type="table">
/// <item><term>initiator, noiseSend</term><description>first Noise message; no completion</description></item>
/// <item><term>initiator, noiseReceive</term><description>decrypted payload, completion</description></item>
/// <item><term>responder, noiseReceive</term><description>decrypted payload, remote public key</description></item>
/// <item><term>responder, noiseSend</term><description>second Noise message, completion</description></item>
/// <item><term>any, no</term><description>empty payload; no completion</description></item>
/// </list>
/// The keys that come of the handshake stay with the client. The payloads are all that the relay reads of it: it needs
/// the peer's UDX stream id and addresses.
/// </remarks>
public sealed record NoiseReplyMessage(
    bool IsInitiator, uint Id, ReadOnlyMemory<byte> Payload, Fixed32? RemotePublicKey, NoiseCompletion? Completion)
    : RelayMessage
{
    private const byte InitiatorFlag = 1;
    private const byte CompleteFlag = 2;

    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.NoiseReply;

    /// <summary>Whether the handshake is complete.</summary>
    public bool IsComplete => Completion is not null;

    internal override bool HasSecret => IsComplete;

    private bool TellsRemotePublicKey => !IsInitiator && !IsComplete;

    internal static NoiseReplyMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        bool isInitiator = (flags & InitiatorFlag) != 0;
        bool isComplete = (flags & CompleteFlag) != 0;
        uint id = reader.ReadUInt32();
        byte[] payload = reader.ReadBuffer().ToArray();
        Fixed32? remotePublicKey = isInitiator || isComplete ? null : reader.ReadFixed32();
        NoiseCompletion? completion = isComplete
            ? new NoiseCompletion(reader.ReadFixed32(), reader.ReadFixed32())
            : null;
        return new NoiseReplyMessage(isInitiator, id, payload, remotePublicKey, completion);
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize
        + MessageFields.IdSize
        + CompactSize.Buffer(Payload.Length)
        + (TellsRemotePublicKey ? Fixed32.Size : 0)
        + (IsComplete ? 2 * Fixed32.Size : 0);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8((byte)((IsInitiator ? InitiatorFlag : 0) | (IsComplete ? CompleteFlag : 0)));
        writer.WriteUInt32(Id);
        writer.WriteBuffer(Payload.Span);
        if (TellsRemotePublicKey)
        {
            writer.WriteFixed32(RemotePublicKey
                ?? throw new InvalidOperationException("a responder's noiseReply tells who the peer is"));
        }

        if (Completion is { } completion)
        {
            writer.WriteFixed32(completion.RemoteId);
            writer.WriteFixed32(completion.HolepunchSecret);
        }
    }
}
