using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: the signature that was asked for.</summary>
/// <param name="Id">The id of the question.</param>
/// <param name="Signature">64 bytes of Ed25519; nothing if the client will not sign.</param>
/// <remarks>
/// The relay verifies what it gets, and leaves the node out if it does not fit. One that is neither empty nor 64 bytes
/// long is a breach of the protocol, one to an id that waits for none is ignored: it may have come too late.
/// </remarks>
public sealed record SignatureMessage(uint Id, ReadOnlyMemory<byte> Signature) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Signature;

    internal static SignatureMessage Read(ref CompactReader reader) =>
        new(reader.ReadUInt32(), reader.ReadBuffer().ToArray());

    internal override int GetEncodedSize() => MessageFields.IdSize + CompactSize.Buffer(Signature.Length);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt32(Id);
        writer.WriteBuffer(Signature.Span);
    }
}
