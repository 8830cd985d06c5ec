using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// What comes in on a stream: packets put in order, the window that is left for more, and what the peer is to be told
/// of both. Every numbered packet is to be acknowledged, duplicates too; what lies beyond a gap is told in ranges.
/// </summary>
/// <remarks>
/// The window is the configured one less what waits for the reader and what waits for a gap. It is never advertised
/// smaller than a packet unless it is zero, and when it reopens after having been nearly closed, that is told unasked.
/// </remarks>
internal sealed class ReceivingHalf
{
    // A sender may overstep a window by a packet, and send again into a shrunken one.
    private const int WindowSlackBytes = 64 * 1024;

    private readonly ReceiveBuffer _buffer;
    private readonly ReorderBuffer _ahead;
    private readonly int _window;

    public ReceivingHalf(ReceiveBuffer buffer, int windowBytes, SequenceNumber first)
    {
        _buffer = buffer;
        _window = windowBytes;
        _ahead = new ReorderBuffer(Math.Max(windowBytes / 128, 256));
        AdvertisedWindow = (uint)windowBytes;
        Expected = first;
    }

    /// <summary>The number of the packet that is next in order.</summary>
    public SequenceNumber Expected { get; private set; }

    /// <summary>Whether the peer has ended, and all before that is here.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the peer has something to be told.</summary>
    public bool IsAckDue { get; set; }

    /// <summary>Whether there is a gap, for whose ranges the sender waits.</summary>
    public bool HasGap => _ahead.Count > 0;

    /// <summary>What the peer was told last of the room here.</summary>
    public uint AdvertisedWindow { get; private set; }

    /// <summary>The packets beyond a gap.</summary>
    public ReadOnlySpan<SackRange> Ranges
    {
        get
        {
            ReadOnlySpan<SackRange> ranges = _ahead.Ranges;
            return ranges[..Math.Min(ranges.Length, SackRange.MaxCount)];
        }
    }

    /// <summary>Takes a packet with a number.</summary>
    public void HandleNumbered(in PacketHeader header, ReadOnlySpan<byte> data)
    {
        IsAckDue = true;
        int distance = header.Sequence - Expected;
        if (distance < 0 || IsEnded)
        {
            return;
        }

        long held = _buffer.UnreadBytes + _ahead.Bytes;
        if (distance > 0)
        {
            _ahead.TryAdd(header.Sequence, Expected, header.Types, data, _window - held);
            return;
        }

        if (held + data.Length > _window + WindowSlackBytes)
        {
            return;
        }

        TakeNext(header.Types, data);
        while (!IsEnded && _ahead.TryGet(Expected, out PacketTypes types, out ReadOnlySpan<byte> ahead))
        {
            TakeNext(types, ahead);
            _ahead.Remove(Expected - 1);
        }

        if (IsEnded)
        {
            _ahead.Clear();
        }
        else
        {
            _ahead.Advance(Expected);
        }
    }

    /// <summary>The application read so much that the window is worth telling.</summary>
    public void HandleRead() => IsAckDue |= AvailableWindow() > AdvertisedWindow;

    /// <summary>The window for a packet that leaves now.</summary>
    public uint Advertise()
    {
        long available = AvailableWindow();
        AdvertisedWindow = (uint)available;
        if (available < _window / 4)
        {
            // The peer may soon stand still, and would have to ask. Have the reader tell us when there is room again.
            _buffer.WakeWhenUnread(Math.Max(0, (_window / 2) - _ahead.Bytes));
        }

        return AdvertisedWindow;
    }

    /// <summary>Shows the application what came in.</summary>
    public void Flush() => _buffer.Flush();

    /// <summary>Nothing more is taken, and the application hears why.</summary>
    public void Close(IOException reason)
    {
        _buffer.Complete(reason);
        _ahead.Clear();
    }

    private void TakeNext(PacketTypes types, ReadOnlySpan<byte> data)
    {
        Expected += 1;
        if ((types & PacketTypes.Data) != 0)
        {
            _buffer.Write(data);
        }

        if ((types & PacketTypes.End) != 0)
        {
            IsEnded = true;
            _buffer.End();
        }
    }

    private long AvailableWindow()
    {
        long available = _window - _buffer.UnreadBytes - _ahead.Bytes;
        return available < MtuProber.MaxMtu ? 0 : available;
    }
}
