using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>
/// Either side: messages of a stream. The chunks of a received message are slices of the frame that it came in; its
/// owner disposes it when the last of them is passed on.
/// </summary>
/// <param name="Alias">The sender's alias of the stream.</param>
/// <param name="Chunks">The stream's messages, of which the data message is the owner.</param>
public sealed record DataMessage(uint Alias, DataChunks Chunks) : RelayMessage
{
    // the alias, the count of one, and the longest length
    internal const int MaxHeadBytes = MessageFields.IdSize + 1 + 5;

    /// <summary>One message of the stream, whose memory is taken over.</summary>
    public DataMessage(uint alias, PooledBuffer chunk)
        : this(alias, DataChunks.Of(chunk))
    {
    }

    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Data;

    // takes the buffer over if it does not throw
    internal static DataMessage Read(PooledBuffer body)
    {
        var reader = new CompactReader(body.Span);
        uint alias = reader.ReadUInt32();
        return new DataMessage(alias, DataChunks.Read(body.Slice(reader.Position, reader.Remaining)));
    }

    internal override int GetEncodedSize() => MessageFields.IdSize + Chunks.GetEncodedSize();

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt32(Alias);
        Chunks.Write(ref writer);
    }

    private protected override void Release() => Chunks.Dispose();
}
