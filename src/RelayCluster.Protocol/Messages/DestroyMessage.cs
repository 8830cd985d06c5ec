using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Either side: the stream is gone, both ways.</summary>
/// <param name="IsPaired">
/// Whether both sides have an alias of the stream: told by the sender's, else by the receiver's.
/// </param>
/// <param name="Alias">The sender's alias if <paramref name="IsPaired"/>, else the receiver's.</param>
/// <param name="Error">Why; null if all is well. Clients compare it, so it is the reference's own text.</param>
public sealed record DestroyMessage(bool IsPaired, uint Alias, string? Error) : RelayMessage
{
    private const byte PairedFlag = 1;
    private const byte ErrorFlag = 2;

    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Destroy;

    // an empty text is no error, as the reference has it
    private bool HasError => !string.IsNullOrEmpty(Error);

    internal static DestroyMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        uint alias = reader.ReadUInt32();
        string? error = (flags & ErrorFlag) != 0 ? reader.ReadString() : null;
        return new DestroyMessage((flags & PairedFlag) != 0, alias, error);
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize + MessageFields.IdSize + (HasError ? CompactSize.String(Error!) : 0);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8((byte)((IsPaired ? PairedFlag : 0) | (HasError ? ErrorFlag : 0)));
        writer.WriteUInt32(Alias);
        if (HasError)
        {
            writer.WriteString(Error!);
        }
    }
}
