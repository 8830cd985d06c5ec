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
/// Start. There is no handshake: both sides learn the ids and the address elsewhere, and numbers start at 0. Packets that
/// come before <see cref="Connect"/> are taken in if the owner lets them through, and acknowledged after it.
///
/// Order. Packets are numbered, not bytes: what was cut as one packet stays one, so an acknowledged number frees exactly
/// the bytes recorded for it. An end takes a number of its own, or rides on the last data.
///
/// Acknowledgement. Every numbered packet is answered, duplicates too. The reference answers at once and each one; the
/// owner here drains a batch of datagrams before it polls, so one answer serves a batch. What lies beyond a gap is told
/// in SACK ranges. Data that leaves carries the number too, and then no bare acknowledgement follows unless there is a gap.
///
/// Loss. <see cref="LossDetector"/> finds it by time (RACK), a probe two round trips after the last packet finds the loss
/// of a tail, the retransmission timer finds the rest. Lost packets go before new ones. A stream gives up when the oldest
/// packet was sent again six times by the timer and nothing came back.
///
/// Flow. The peer's window bounds what is unacknowledged; when it is closed and nothing is in flight, heartbeats ask for
/// news. Our own is the <see cref="ReceivingHalf"/>'s.
///
/// End. A direction is over when its end is acknowledged, the stream when both are. The side that is done lingers, to
/// answer an end sent again because our last acknowledgement was lost: the reference does not, so its silence then counts
/// as consent (<see cref="IsOnlyEndMissing"/>). A destroyed stream answers each packet with another destroy for as long.
/// </summary>
internal sealed class StreamMachine
{
    /// <summary>How often the timer sends a packet again before the stream is given up (<c>UDX_MAX_RTO_TIMEOUTS</c>).
    /// </summary>
    public const int MaxTimeouts = 6;

    // Enough for the peer's first two retransmissions of an end.
    internal static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(5);

    // With it a dead peer is found after some 16 to 25 s; doubling six times from a second would take two minutes.
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(4);

    // A peer's loop may be held up for some milliseconds by its own work, which is not a loss.
    private static readonly TimeSpan MinProbeDelay = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan MinWindowProbeDelay = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan MaxWindowProbeDelay = TimeSpan.FromSeconds(5);

    // Numbers that may lie between the first packet not acknowledged and the next new one; bounds the ring.
    private const int MaxOutstandingPackets = 8192;

    // The reference's window before it has heard of ours (UDX_DEFAULT_RWND_MAX).
    private const uint InitialPeerWindow = 4 * 1024 * 1024;

    private readonly SendBuffer _send;
    private readonly ReceivingHalf _receive;
    private readonly SentPackets _sent;
    private readonly RttEstimator _roundTrip = new();
    private readonly LossDetector _losses;
    private readonly ICongestionController _congestion;
    private readonly Pacer _pacer = new();
    private readonly MtuProber _mtu = new();
    private readonly TimeSpan? _keepAlive;
    private StreamTimers _timers = new();

    // Sending.
    private uint _remoteId;
    private long _nextOffset;
    private bool _isEndSent;
    private bool _isLocalEnded;
    private uint _peerWindow = InitialPeerWindow;
    private SequenceNumber _windowSequence;
    private SequenceNumber _windowAck;
    private TimeSpan _idleSince;
    private bool _isCongestionLimited;

    // Recovery.
    private bool _isRecovering;
    private bool _isAfterTimeout;
    private SequenceNumber _recoveryEnd;
    private int _timeouts;
    private int _windowProbes;
    private bool _isProbeDue;
    private bool _isProbeInFlight;
    private SequenceNumber _probeEnd;

    // What is to be sent besides data and acknowledgements.
    private bool _isHeartbeatDue;
    private bool _isDestroyDue;

    public StreamMachine(
        UdxStreamOptions options,
        SendBuffer send,
        ReceiveBuffer receive,
        ICongestionController congestion)
    {
        _send = send;
        _congestion = congestion;
        _keepAlive = options.KeepAlive;
        _windowAck = new SequenceNumber(options.InitialSequence);
        _windowSequence = new SequenceNumber(options.InitialRemoteSequence);
        _receive = new ReceivingHalf(receive, options.ReceiveWindowBytes, _windowSequence);
        _sent = new SentPackets(_windowAck);
        _losses = new LossDetector(_sent, _roundTrip);
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
    public long RetransmittedPackets { get; private set; }

    /// <summary>How many bytes a datagram of the stream may have by now.</summary>
    public int DatagramBytes => _mtu.DatagramBytes;

    internal RttEstimator RoundTrip => _roundTrip;

    internal int WindowPackets => _congestion.WindowPackets;

    internal int PacketsInFlight => _sent.InFlightCount;

    // All data is acknowledged and the peer has ended: what is missing is only the word that our end arrived, and a peer
    // that closed at once cannot give it any more.
    private bool IsOnlyEndMissing =>
        _receive.IsEnded && _sent.Count == 1 && _sent[_sent.First].Types == PacketTypes.End;

    private bool HasUnsent => _send.End > _nextOffset || (_send.IsCompleted && !_isEndSent);

    /// <summary>Tells the peer's id for the stream; packets leave from here on.</summary>
    public void Connect(TimeSpan now, uint remoteId)
    {
        if (IsConnected || Outcome is not null)
        {
            return;
        }

        IsConnected = true;
        _remoteId = remoteId;
        _idleSince = now;
        RestartKeepAlive(now);
        HandleOutput(now);
    }

    /// <summary>The peer is to be reached on another path, and perhaps by another id.</summary>
    public void ChangeRemote(uint remoteId)
    {
        _remoteId = remoteId;
        _mtu.Reset();
    }

    /// <summary>The application wrote to the output, or completed it.</summary>
    public void HandleOutput(TimeSpan now)
    {
        if (Outcome is null)
        {
            _send.Refresh();
            UpdateWindowProbe(now);
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
            header.Ack > _sent.Next)
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
        TakeAck(now, header, sacks);
        CloseIfEnded(now);
        return true;
    }

    /// <summary>Shows the application what came in. The owner calls it once after a batch of datagrams.</summary>
    public void FlushInput() => _receive.Flush();

    /// <summary>One or more of the stream's instants have passed.</summary>
    public void HandleTimeout(TimeSpan now)
    {
        _timers.TryExpire(StreamTimer.Pacing, now);
        _timers.TryExpire(StreamTimer.Linger, now);
        if (_timers.TryExpire(StreamTimer.Reorder, now))
        {
            DetectLosses(now);
        }

        if (_timers.TryExpire(StreamTimer.LossProbe, now) && !_isProbeInFlight)
        {
            _isProbeDue = true;
        }

        if (_timers.TryExpire(StreamTimer.ZeroWindow, now))
        {
            _isHeartbeatDue = true;
            UpdateWindowProbe(now);
        }

        if (_timers.TryExpire(StreamTimer.KeepAlive, now))
        {
            _isHeartbeatDue = true;
            RestartKeepAlive(now);
        }

        if (_timers.TryExpire(StreamTimer.Retransmit, now))
        {
            HandleRetransmitTimeout(now);
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

        if (_send.HasReleased)
        {
            _send.Refresh();
        }

        // Behind a gap, the sender waits for the ranges; data does not carry them, so they go first.
        if (_receive.IsAckDue && _receive.HasGap)
        {
            bytesWritten = WriteAck(destination);
            return true;
        }

        if (_sent.LostCount > 0 || _isProbeDue || HasUnsent)
        {
            bytesWritten = TryWriteNumbered(now, destination);
            if (bytesWritten > 0)
            {
                return true;
            }
        }
        else
        {
            _isCongestionLimited = false;
        }

        if (_isHeartbeatDue)
        {
            _isHeartbeatDue = false;
            bytesWritten = WriteBare(destination, PacketTypes.Heartbeat, _sent.Next);
        }
        else if (_receive.IsAckDue)
        {
            bytesWritten = WriteAck(destination);
        }

        return bytesWritten > 0;
    }

    private int TryWriteNumbered(TimeSpan now, Span<byte> destination)
    {
        if (_isProbeDue)
        {
            _isProbeDue = false;
            int probe = TryWriteLossProbe(now, destination);
            if (probe > 0)
            {
                return probe;
            }
        }

        if (_sent.InFlightCount >= _congestion.WindowPackets)
        {
            _isCongestionLimited = true;
            return 0;
        }

        if (!_pacer.CanSend(now))
        {
            _isCongestionLimited = true;
            _timers.Set(StreamTimer.Pacing, _pacer.NextSend(now));
            return 0;
        }

        // The window does not hold retransmissions: the peer has promised room for them before.
        return _sent.LostCount > 0
            ? WriteAgain(now, _sent.FirstLost, destination)
            : TryWriteNew(now, destination);
    }

    private int TryWriteNew(TimeSpan now, Span<byte> destination)
    {
        if (!HasUnsent || _sent.Count >= MaxOutstandingPackets)
        {
            _isCongestionLimited = _isCongestionLimited && HasUnsent;
            return 0;
        }

        int room = _mtu.DatagramBytes - PacketHeader.Size;
        int dataBytes = (int)Math.Min(_send.End - _nextOffset, room);
        bool isStanding = _sent.Count == 0 && _peerWindow > 0;
        if (dataBytes > 0 && _sent.UnackedBytes + dataBytes > _peerWindow && !isStanding)
        {
            _isCongestionLimited = false;
            UpdateWindowProbe(now);
            return 0;
        }

        return WriteNew(now, destination, dataBytes, isFull: dataBytes == room);
    }

    private int WriteNew(TimeSpan now, Span<byte> destination, int dataBytes, bool isFull)
    {
        var types = dataBytes > 0 ? PacketTypes.Data : PacketTypes.None;
        if (_send.IsCompleted && _nextOffset + dataBytes == _send.End)
        {
            types |= PacketTypes.End;
            _isEndSent = true;
        }

        if (_sent.Count == 0)
        {
            _congestion.OnIdle(now - _idleSince, _roundTrip.Timeout);
        }

        int padding = isFull ? _mtu.WantedPadding : 0;
        if (padding > 0)
        {
            _mtu.OnProbeSent();
        }

        SequenceNumber number = _sent.Append(new SentPacket
        {
            Offset = _nextOffset,
            SentAt = now,
            DataBytes = (ushort)dataBytes,
            Types = types,
            IsMtuProbe = padding > 0,
        });
        int length = WritePacket(destination, number, padding);
        _nextOffset += dataBytes;
        AfterNumbered(now, length);
        if (!_isRecovering && !_isProbeInFlight && _sent.SackedCount == 0)
        {
            SetLossProbe(now);
        }

        return length;
    }

    private int WriteAgain(TimeSpan now, SequenceNumber number, Span<byte> destination)
    {
        RetransmittedPackets++;
        _sent.MarkSentAgain(number, now);
        int length = WritePacket(destination, number, padding: 0);
        AfterNumbered(now, length);
        return length;
    }

    // RFC 8985 section 7.3: a new packet if there is one, else the last once more.
    private int TryWriteLossProbe(TimeSpan now, Span<byte> destination)
    {
        int length = _sent.LostCount > 0 ? 0 : TryWriteNew(now, destination);
        if (length == 0 && _sent.InFlightCount > 0)
        {
            SequenceNumber last = _sent.Next - 1;
            while (!_sent.IsUnacked(last))
            {
                last -= 1;
            }

            length = _sent[last].State == PacketState.InFlight ? WriteAgain(now, last, destination) : 0;
        }

        if (length > 0)
        {
            _isProbeInFlight = true;
            _probeEnd = _sent.Next;
            _timers.Stop(StreamTimer.LossProbe);
            _timers.Set(StreamTimer.Retransmit, now + _roundTrip.Timeout);
        }

        return length;
    }

    private int WritePacket(Span<byte> destination, SequenceNumber number, int padding)
    {
        ref SentPacket packet = ref _sent[number];
        WriteHeader(destination, packet.Types, number, (byte)padding);
        destination.Slice(PacketHeader.Size, padding).Clear();
        int start = PacketHeader.Size + padding;
        if (packet.DataBytes > 0)
        {
            _send.CopyTo(packet.Offset, destination.Slice(start, packet.DataBytes));
        }

        _receive.IsAckDue = false;
        return start + packet.DataBytes;
    }

    private void AfterNumbered(TimeSpan now, int length)
    {
        _pacer.OnSent(length);
        _timers.Stop(StreamTimer.KeepAlive);
        _timers.Stop(StreamTimer.ZeroWindow);
        if (!_timers.IsSet(StreamTimer.Retransmit))
        {
            _timers.Set(StreamTimer.Retransmit, now + RetransmitDelay());
        }
    }

    private int WriteBare(Span<byte> destination, PacketTypes types, SequenceNumber number)
    {
        WriteHeader(destination, types, number, dataOffset: 0);
        return PacketHeader.Size;
    }

    private int WriteAck(Span<byte> destination)
    {
        _receive.IsAckDue = false;
        ReadOnlySpan<SackRange> ranges = _receive.Ranges;
        int length = WriteBare(destination, ranges.IsEmpty ? PacketTypes.None : PacketTypes.Sack, _sent.Next);
        foreach (SackRange range in ranges)
        {
            range.Write(destination[length..]);
            length += SackRange.Size;
        }

        return length;
    }

    private void WriteHeader(Span<byte> destination, PacketTypes types, SequenceNumber number, byte dataOffset)
    {
        new PacketHeader
        {
            Types = types,
            DataOffset = dataOffset,
            StreamId = _remoteId,
            ReceiveWindow = _receive.Advertise(),
            Sequence = number,
            Ack = _receive.Expected,
        }.Write(destination);
    }

    private int TryWriteLastWords(Span<byte> destination)
    {
        if (_isDestroyDue)
        {
            _isDestroyDue = false;
            return WriteBare(destination, PacketTypes.Destroy, _sent.Next);
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

    private void TakeAck(TimeSpan now, in PacketHeader header, ReadOnlySpan<byte> sacks)
    {
        if (header.Ack < _sent.First)
        {
            return;
        }

        UpdatePeerWindow(now, header);
        var batch = new AckedBatch(now);
        bool hasAdvanced = header.Ack > _sent.First;
        for (SequenceNumber number = _sent.First; number < header.Ack; number += 1)
        {
            MarkAcked(number, ref batch);
        }

        if (hasAdvanced)
        {
            _sent.Forget(header.Ack);
            _send.Release(_sent.Count == 0 ? _nextOffset : _sent[_sent.First].Offset);
            _timeouts = 0;
        }

        while (SackRange.TryRead(ref sacks, out SackRange range))
        {
            TakeSack(range, ref batch);
        }

        // Also without a packet that is newly acknowledged: all of them may have been known from ranges before.
        if (batch.Packets > 0 || hasAdvanced)
        {
            AfterAcked(now, batch);
        }
    }

    private void TakeSack(SackRange range, ref AckedBatch batch)
    {
        if (range.Start < _sent.First || range.End > _sent.Next || range.Start >= range.End)
        {
            return;
        }

        for (SequenceNumber number = range.Start; number < range.End; number += 1)
        {
            MarkAcked(number, ref batch);
        }
    }

    private void MarkAcked(SequenceNumber number, ref AckedBatch batch)
    {
        ref SentPacket packet = ref _sent[number];
        if (packet.State == PacketState.Acked)
        {
            return;
        }

        _losses.OnAcked(batch.Now, number, packet);
        batch.Add(packet);
        if (packet.IsMtuProbe)
        {
            _mtu.OnProbeAcked();
        }

        _sent.MarkAcked(number);
    }

    private void AfterAcked(TimeSpan now, in AckedBatch batch)
    {
        if (batch.RoundTrip is { } roundTrip)
        {
            _roundTrip.Add(now, roundTrip);
        }

        _mtu.OnAcked();
        if (_isProbeInFlight && _sent.First >= _probeEnd)
        {
            _isProbeInFlight = false;
        }

        if (_isRecovering && _sent.First >= _recoveryEnd)
        {
            _isRecovering = false;
            _isAfterTimeout = false;
        }

        DetectLosses(now);
        _congestion.OnAcked(new AckSample
        {
            Now = now,
            Packets = batch.Packets,
            Acked = _sent.First,
            Next = _sent.Next,
            RoundTrip = batch.RoundTrip,
            SmoothedRoundTrip = _roundTrip.Smoothed,
            IsWindowLimited = _isCongestionLimited,
            IsInRecovery = _isRecovering && !_isAfterTimeout,
        });
        _pacer.SetRate(
            now, _congestion.WindowPackets, _mtu.DatagramBytes, _roundTrip.Smoothed, _congestion.PacingGain);
        RestartTimers(now);
    }

    private void RestartTimers(TimeSpan now)
    {
        if (_sent.Count > 0)
        {
            _timers.Set(StreamTimer.Retransmit, now + RetransmitDelay());
            if (!_isRecovering && !_isProbeInFlight && _sent.SackedCount == 0)
            {
                SetLossProbe(now);
            }
            else
            {
                _timers.Stop(StreamTimer.LossProbe);
            }

            return;
        }

        _timers.Stop(StreamTimer.Retransmit);
        _timers.Stop(StreamTimer.LossProbe);
        _timers.Stop(StreamTimer.Reorder);
        _isLocalEnded = _isEndSent;
        _isProbeDue = false;
        _idleSince = now;
        RestartKeepAlive(now);
        UpdateWindowProbe(now);
    }

    private void DetectLosses(TimeSpan now)
    {
        _timers.Stop(StreamTimer.Reorder);
        bool isCongestion = false;
        TimeSpan? lookAgainAt;
        while (_losses.TryTakeLost(now, _isRecovering, out SequenceNumber lost, out lookAgainAt))
        {
            isCongestion |= MarkLost(lost);
        }

        if (lookAgainAt is { } instant)
        {
            _timers.Set(StreamTimer.Reorder, instant);
        }

        if (isCongestion && !_isRecovering)
        {
            _isRecovering = true;
            _recoveryEnd = _sent.Next;
            _isProbeInFlight = false;
            _timers.Stop(StreamTimer.LossProbe);
            _congestion.OnCongestion(now, _sent.Next);
        }
    }

    // Whether the loss speaks of congestion: that of a probe speaks of its size.
    private bool MarkLost(SequenceNumber number)
    {
        _sent.MarkLost(number);
        ref SentPacket packet = ref _sent[number];
        if (!packet.IsMtuProbe)
        {
            return true;
        }

        packet.IsMtuProbe = false;
        _mtu.OnProbeLost();
        return false;
    }

    private void HandleRetransmitTimeout(TimeSpan now)
    {
        if (_sent.Count == 0)
        {
            return;
        }

        if (++_timeouts > (IsOnlyEndMissing ? MaxTimeouts / 2 : MaxTimeouts))
        {
            Close(now, IsOnlyEndMissing ? UdxStreamOutcome.Ended : UdxStreamOutcome.TimedOut);
            _timers.Clear();
            return;
        }

        // RFC 8985 section 6.3: the first packet, and those that are as old.
        SequenceNumber first = _sent.First;
        if (_sent[first].State == PacketState.InFlight)
        {
            MarkLost(first);
        }

        while (_sent.InFlightCount > 0 && _losses.IsOverdue(now, _sent[_sent.OldestInFlight]))
        {
            MarkLost(_sent.OldestInFlight);
        }

        if (_timeouts == 1)
        {
            _congestion.OnTimeout(now);
        }

        _isRecovering = true;
        _isAfterTimeout = true;
        _recoveryEnd = _sent.Next;
        _isProbeInFlight = false;
        _timers.Stop(StreamTimer.LossProbe);
        _timers.Set(StreamTimer.Retransmit, now + RetransmitDelay());
    }

    private TimeSpan RetransmitDelay()
    {
        TimeSpan delay = _roundTrip.Timeout * (1 << _timeouts);
        TimeSpan limit = _roundTrip.Timeout > MaxBackoff ? _roundTrip.Timeout : MaxBackoff;
        return delay < limit ? delay : limit;
    }

    // RFC 8985 section 7.2.
    private void SetLossProbe(TimeSpan now)
    {
        TimeSpan delay = _roundTrip.HasSample ? 2 * _roundTrip.Smoothed : RttEstimator.InitialTimeout;
        delay = delay < MinProbeDelay ? MinProbeDelay : delay;
        if (delay < _roundTrip.Timeout)
        {
            _timers.Set(StreamTimer.LossProbe, now + delay);
        }
    }

    private void UpdatePeerWindow(TimeSpan now, in PacketHeader header)
    {
        // RFC 793: only news that is newer than the last.
        if (_windowSequence > header.Sequence || (_windowSequence == header.Sequence && _windowAck > header.Ack))
        {
            return;
        }

        _windowSequence = header.Sequence;
        _windowAck = header.Ack;
        bool wasClosed = _peerWindow == 0;
        _peerWindow = header.ReceiveWindow;
        if (wasClosed && _peerWindow > 0)
        {
            _windowProbes = 0;
            _timers.Stop(StreamTimer.ZeroWindow);
        }
        else
        {
            UpdateWindowProbe(now);
        }
    }

    private void UpdateWindowProbe(TimeSpan now)
    {
        if (_peerWindow > 0 || _sent.Count > 0 || _send.End <= _nextOffset || _timers.IsSet(StreamTimer.ZeroWindow))
        {
            return;
        }

        TimeSpan delay = 2 * _roundTrip.Smoothed;
        delay = (delay < MinWindowProbeDelay ? MinWindowProbeDelay : delay) * (1 << Math.Min(_windowProbes++, 10));
        _timers.Set(StreamTimer.ZeroWindow, now + (delay < MaxWindowProbeDelay ? delay : MaxWindowProbeDelay));
    }

    private void RestartKeepAlive(TimeSpan now)
    {
        if (_keepAlive is { } interval && _sent.Count == 0)
        {
            _timers.Set(StreamTimer.KeepAlive, now + interval);
        }
    }

    private void CloseIfEnded(TimeSpan now)
    {
        if (_isLocalEnded && _receive.IsEnded)
        {
            Close(now, UdxStreamOutcome.Ended);
        }
    }

    private void Close(TimeSpan now, UdxStreamOutcome outcome)
    {
        Debug.Assert(Outcome is null, "a stream ends once");
        Outcome = outcome;
        _send.Dispose();
        _receive.Close(new IOException(outcome switch
        {
            UdxStreamOutcome.ResetByPeer => "the stream was destroyed by the peer",
            UdxStreamOutcome.TimedOut => "the peer did not answer in time",
            _ => "the stream was destroyed",
        }));
        _sent.Clear();
        _timers.Clear();
        if (IsConnected)
        {
            _timers.Set(StreamTimer.Linger, now + LingerTime);
        }
    }
}
