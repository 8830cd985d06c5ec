namespace RelayCluster.Wire.Protomux.Generation2;

/// <summary>
/// This side's half of a protocol. Messages may be sent from the moment it is added; the other side drops them until it
/// has added the protocol too.
/// </summary>
public sealed class MuxProtocol
{
    private readonly ProtocolMux _mux;

    internal MuxProtocol(ProtocolMux mux, MuxProtocolOptions options, ulong offset)
    {
        _mux = mux;
        Options = options;
        Offset = offset;
    }

    /// <summary>The protocol's name.</summary>
    public string Name => Options.Name;

    /// <summary>Whether both sides have it.</summary>
    public bool IsOpen => Remote is not null;

    /// <summary>Whether this side has closed it.</summary>
    public bool IsClosed { get; internal set; }

    internal MuxProtocolOptions Options { get; }

    internal ulong Offset { get; }

    internal RemoteProtocol? Remote { get; set; }

    /// <summary>Whether the other side has said that it will not add it.</summary>
    internal bool IsRejected { get; set; }

    /// <summary>
    /// The place for the payload of a message, exactly <paramref name="length"/> bytes, to be filled before the muxer
    /// is used again; false if this side has closed the protocol.
    /// </summary>
    public bool TryBeginMessage(int type, int length, out Span<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(type);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(type, Options.MessageTypes);
        payload = IsClosed ? default : _mux.BeginMessage(this, type, length);
        return !IsClosed;
    }

    /// <summary>Sends a message; false if this side has closed the protocol.</summary>
    public bool Send(int type, ReadOnlySpan<byte> payload)
    {
        if (!TryBeginMessage(type, payload.Length, out Span<byte> destination))
        {
            return false;
        }

        payload.CopyTo(destination);
        return true;
    }

    /// <summary>Closes this side's half; the other side keeps its own until it closes that.</summary>
    public void Close() => _mux.Close(this);
}
