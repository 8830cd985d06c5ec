using System.Diagnostics;
using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// A UDX stream without socket, clock or thread: datagrams, instants and the owner's commands go in, datagrams and one
/// outcome come out. It follows libudx (udx.c, the source of every rule here that has no RFC beside it).
/// <code>
///           Connect                    both ended            linger over
///   created --------> connected ---------------------> over ------------> finished
///      |                  |   Destroy, reset, timed out  ^
///      '------------------'------------------------------'
/// </code>
/// Start. There is no handshake: both sides learn the ids and the address elsewhere, and numbers start at 0. Packets
/// that come before <see cref="Connect"/> are taken in if the owner lets them through, and acknowledged after it.
///
/// Acknowledgement. Every numbered packet is answered, duplicates too. The reference answers at once and each one; the
/// owner here drains a batch of datagrams before it polls, so one answer serves a batch. What lies beyond a gap is told
/// in SACK ranges. Data that leaves carries the number too, and then no bare acknowledgement follows unless there is a
/// gap.
///
/// What comes in is the <see cref="ReceivingHalf"/>'s, what goes out the <see cref="SendingHalf"/>'s. A stream gives up
/// when the oldest packet was sent again six times by the timer and nothing came back.
///
/// End. A direction is over when its end is acknowledged, the stream when both are. The side that is done lingers, to
/// answer an end sent again because our last acknowledgement was lost: the reference does not, so its silence then
/// counts as consent (<see cref="IsOnlyEndMissing"/>). A destroyed stream answers each packet with another destroy for
/// as long.
/// </summary>
internal sealed class StreamMachine
{
    /// <summary>How often the timer sends a packet again before the stream is given up (<c>UDX_MAX_RTO_TIMEOUTS</c>).
    /// </summary>
    public const int MaxTimeouts = 6;

    // Enough for the peer's first two retransmissions of an end.
    internal static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(5);

    private readonly StreamTimers _timers = new();
    private readonly ReceivingHalf _receive;
    private readonly SendingHalf _sending;
    private readonly HeaderWriter _header;
    private bool _isDestroyDue;

    public StreamMachine(
        UdxStreamOptions options,
        SendBuffer send,
        ReceiveBuffer receive,
        ICongestionController congestion)
    {
        var first = new SequenceNumber(options.InitialRemoteSequence);
        _receive = new ReceivingHalf(receive, options.ReceiveWindowBytes, first);
        _header = new HeaderWriter(_receive);
        _sending = new SendingHalf(options, send, congestion, _header, _timers);
    }

    /// <summary>Whether the peer is known.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>How the stream ended; null while it has not.</summary>
    public UdxStreamOutcome? Outcome { get; private set; }

    /// <summary>Whether the stream is over and has no last words left: its owner may forget it.</summary>
    public bool IsFinished => Outcome is not null && !_timers.IsSet(StreamTimer.Linger);

    /// <summary>When <see cref="HandleTimeout"/> is due.</summary>
    public TimeSpan? NextTimeout => _timers.Next;

    /// <summary>How many packets were sent more than once.</summary>
    public long RetransmittedPackets => _sending.RetransmittedPackets;

    /// <summary>How many bytes a datagram of the stream may have by now.</summary>
    public int DatagramBytes => _sending.DatagramBytes;

    internal RttEstimator RoundTrip => _sending.RoundTrip;

    internal int WindowPackets => _sending.WindowPackets;

    internal int PacketsInFlight => _sending.PacketsInFlight;

    // All data is acknowledged and the peer has ended: what is missing is only the word that our end arrived, and a
    // peer that closed at once cannot give it any more.
    private bool IsOnlyEndMissing => _receive.IsEnded && _sending.IsOnlyEndUnacked;

    /// <summary>Tells the peer's id for the stream; packets leave from here on.</summary>
    public void Connect(TimeSpan now, uint remoteId)
    {
        if (IsConnected || Outcome is not null)
        {
            return;
        }

        IsConnected = true;
        _header.RemoteId = remoteId;
        _sending.Start(now);
    }

    /// <summary>The peer is to be reached on another path, and perhaps by another id.</summary>
    public void ChangeRemote(uint remoteId)
    {
        _header.RemoteId = remoteId;
        _sending.HandlePathChanged();
    }

    /// <summary>The application wrote to the output, or completed it.</summary>
    public void HandleOutput(TimeSpan now)
    {
        if (Outcome is null)
        {
            _sending.HandleOutput(now);
        }
    }

    /// <summary>The application read so much that the window is worth telling.</summary>
    public void HandleInputRead()
    {
        if (Outcome is null && IsConnected)
        {
            _receive.HandleRead();
        }
    }

    /// <summary>Drops the stream in both directions.</summary>
    public void Destroy(TimeSpan now)
    {
        if (Outcome is null)
        {
            Close(now, UdxStreamOutcome.Destroyed);
            _isDestroyDue = IsConnected;
        }
    }

    /// <summary>The socket goes away: the peer is told once, and nobody lingers.</summary>
    public void Abandon(TimeSpan now)
    {
        Destroy(now);
        _timers.Clear();
    }

    /// <summary>A datagram arrived. False if it was not a packet that this stream could use.</summary>
    public bool HandleDatagram(TimeSpan now, ReadOnlySpan<byte> datagram) =>
        PacketHeader.TryRead(datagram, out PacketHeader header) &&
        HandlePacket(now, header, datagram[PacketHeader.Size..]);

    /// <summary>A datagram arrived whose header was read already.</summary>
    public bool HandlePacket(TimeSpan now, in PacketHeader header, ReadOnlySpan<byte> body)
    {
        if (Outcome is not null)
        {
            HandleLatePacket(header);
            return true;
        }

        // An acknowledgement of what was never sent is forged or of another stream, and so is the rest of the packet.
        if (!header.TrySplitBody(body, out ReadOnlySpan<byte> sacks, out ReadOnlySpan<byte> data) ||
            header.Ack > _sending.Next)
        {
            return false;
        }

        if ((header.Types & PacketTypes.Destroy) != 0 && header.Sequence >= _receive.Expected)
        {
            Close(now, UdxStreamOutcome.ResetByPeer);
            _timers.Clear();
            return true;
        }

        if (header.IsNumbered)
        {
            _receive.HandleNumbered(header, data);
        }

        _receive.IsAckDue |= (header.Types & PacketTypes.Heartbeat) != 0;
        _sending.HandleAck(now, header, sacks);
        CloseIfEnded(now);
        return true;
    }

    /// <summary>Shows the application what came in. The owner calls it once after a batch of datagrams.</summary>
    public void FlushInput() => _receive.Flush();

    /// <summary>One or more of the stream's instants have passed.</summary>
    public void HandleTimeout(TimeSpan now)
    {
        _timers.TryExpire(StreamTimer.Linger, now);
        if (!_sending.TryHandleTimeout(now, IsOnlyEndMissing ? MaxTimeouts / 2 : MaxTimeouts))
        {
            Close(now, IsOnlyEndMissing ? UdxStreamOutcome.Ended : UdxStreamOutcome.TimedOut);
            _timers.Clear();
        }
    }

    /// <summary>Writes the next datagram, if there is one that may leave now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="destination">Room for <see cref="MtuProber.MaxMtu"/> bytes.</param>
    /// <param name="bytesWritten">The datagram's length.</param>
    public bool TryWriteDatagram(TimeSpan now, Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (!IsConnected)
        {
            return false;
        }

        if (Outcome is not null)
        {
            bytesWritten = TryWriteLastWords(destination);
            return bytesWritten > 0;
        }

        // Behind a gap, the sender waits for the ranges; data does not carry them, so they go first.
        if (_receive.IsAckDue && _receive.HasGap)
        {
            bytesWritten = WriteAck(destination);
            return true;
        }

        bytesWritten = _sending.TryWrite(now, destination);
        if (bytesWritten > 0)
        {
            return true;
        }

        if (_sending.IsHeartbeatDue)
        {
            _sending.IsHeartbeatDue = false;
            bytesWritten = WriteBare(destination, PacketTypes.Heartbeat, _sending.Next);
        }
        else if (_receive.IsAckDue)
        {
            bytesWritten = WriteAck(destination);
        }

        return bytesWritten > 0;
    }

    private int WriteBare(Span<byte> destination, PacketTypes types, SequenceNumber number)
    {
        _header.Write(destination, types, number);
        return PacketHeader.Size;
    }

    private int WriteAck(Span<byte> destination)
    {
        _receive.IsAckDue = false;
        ReadOnlySpan<SackRange> ranges = _receive.Ranges;
        int length = WriteBare(destination, ranges.IsEmpty ? PacketTypes.None : PacketTypes.Sack, _sending.Next);
        foreach (SackRange range in ranges)
        {
            range.Write(destination[length..]);
            length += SackRange.Size;
        }

        return length;
    }

    private int TryWriteLastWords(Span<byte> destination)
    {
        if (_isDestroyDue)
        {
            _isDestroyDue = false;
            return WriteBare(destination, PacketTypes.Destroy, _sending.Next);
        }

        return _receive.IsAckDue ? WriteAck(destination) : 0;
    }

    private void HandleLatePacket(in PacketHeader header)
    {
        if ((header.Types & PacketTypes.Destroy) != 0 || !_timers.IsSet(StreamTimer.Linger))
        {
            return;
        }

        _isDestroyDue = Outcome == UdxStreamOutcome.Destroyed;
        _receive.IsAckDue = header.IsNumbered || (header.Types & PacketTypes.Heartbeat) != 0;
    }

    private void CloseIfEnded(TimeSpan now)
    {
        if (_sending.IsEnded && _receive.IsEnded)
        {
            Close(now, UdxStreamOutcome.Ended);
        }
    }

    private void Close(TimeSpan now, UdxStreamOutcome outcome)
    {
        Debug.Assert(Outcome is null, "a stream ends once");
        Outcome = outcome;
        _sending.Close();
        _receive.Close(new IOException(outcome switch
        {
            UdxStreamOutcome.ResetByPeer => "the stream was destroyed by the peer",
            UdxStreamOutcome.TimedOut => "the peer did not answer in time",
            _ => "the stream was destroyed",
        }));
        _timers.Clear();
        if (IsConnected)
        {
            _timers.Set(StreamTimer.Linger, now + LingerTime);
        }
    }
}
