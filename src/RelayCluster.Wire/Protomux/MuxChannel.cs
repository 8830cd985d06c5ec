namespace RelayCluster.Wire.Protomux;

/// <summary>
/// This side's half of a channel. Messages may be sent from the moment it is opened here; the other side drops them if
/// it rejects the channel.
/// </summary>
public sealed class MuxChannel
{
    private readonly Mux _mux;

    internal MuxChannel(Mux mux, MuxChannelOptions options, ChannelGroup group, ulong localId)
    {
        _mux = mux;
        Options = options;
        Group = group;
        LocalId = localId;
    }

    /// <summary>The protocol's name.</summary>
    public string Protocol => Options.Protocol;

    /// <summary>Whether both sides have it.</summary>
    public bool IsOpen => Remote is not null;

    /// <summary>Whether either side has closed it.</summary>
    public bool IsClosed { get; internal set; }

    internal MuxChannelOptions Options { get; }

    internal ChannelGroup Group { get; }

    internal ulong LocalId { get; }

    internal RemoteChannel? Remote { get; set; }

    /// <summary>
    /// The place for the payload of a message, exactly <paramref name="length"/> bytes, to be filled before the muxer
    /// is used again; false if the channel is closed.
    /// </summary>
    public bool TryBeginMessage(int type, int length, out Span<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(type);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(type, Options.MessageTypes);
        payload = IsClosed ? default : _mux.BeginMessage(this, type, length);
        return !IsClosed;
    }

    /// <summary>Sends a message; false if the channel is closed.</summary>
    public bool Send(int type, ReadOnlySpan<byte> payload)
    {
        if (!TryBeginMessage(type, payload.Length, out Span<byte> destination))
        {
            return false;
        }

        payload.CopyTo(destination);
        return true;
    }

    /// <summary>Closes the channel on both sides; nothing is told of it on this one.</summary>
    public void Close() => _mux.Close(this);
}
