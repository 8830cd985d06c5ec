using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// What goes out on a stream: data is cut into numbered packets and kept until they are acknowledged; losses are found
/// and mended; congestion, pacing and the peer's window say how much may be under way.
/// </summary>
/// <remarks>
/// <para>
/// <b>Order.</b> Packets are numbered, not bytes: what was cut as one packet stays one, so an acknowledged number frees
/// exactly the bytes recorded for it. An end takes a number of its own, or rides on the last data.
/// </para>
/// <para>
/// <b>Loss.</b> <see cref="LossDetector"/> finds it by time (RACK), a probe two round trips after the last packet finds
/// the loss of a tail, the retransmission timer finds the rest. Lost packets go before new ones.
/// </para>
/// <para>
/// <b>Flow.</b> The peer's window bounds what is unacknowledged; when it is closed and nothing is in flight, heartbeats
/// ask for news.
/// </para>
/// </remarks>
internal sealed class SendingHalf
{
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
    private readonly SentPackets _sent;
    private readonly RttEstimator _roundTrip = new();
    private readonly LossDetector _losses;
    private readonly ICongestionController _congestion;
    private readonly Pacer _pacer = new();
    private readonly MtuProber _mtu = new();
    private readonly TimeSpan? _keepAlive;
    private readonly StreamTimers _timers;
    private readonly HeaderWriter _header;

    // Sending.
    private long _nextOffset;
    private bool _isEndSent;
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

    public SendingHalf(
        UdxStreamOptions options,
        SendBuffer buffer,
        ICongestionController congestion,
        HeaderWriter header,
        StreamTimers timers)
    {
        _send = buffer;
        _congestion = congestion;
        _header = header;
        _timers = timers;
        _keepAlive = options.KeepAlive;
        _windowAck = new SequenceNumber(options.InitialSequence);
        _windowSequence = new SequenceNumber(options.InitialRemoteSequence);
        _sent = new SentPackets(_windowAck);
        _losses = new LossDetector(_sent, _roundTrip);
    }

    /// <summary>Whether the end is acknowledged, and so all before it.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether of all that was sent only the end is not acknowledged.</summary>
    public bool IsOnlyEndUnacked => _sent.Count == 1 && _sent[_sent.First].Types == PacketTypes.End;

    /// <summary>The number of the next new packet.</summary>
    public SequenceNumber Next => _sent.Next;

    /// <summary>Whether the peer is to be asked for a sign of life.</summary>
    public bool IsHeartbeatDue { get; set; }

    /// <summary>How many packets were sent more than once.</summary>
    public long RetransmittedPackets { get; private set; }

    /// <summary>How many bytes a datagram of the stream may have by now.</summary>
    public int DatagramBytes => _mtu.DatagramBytes;

    public RttEstimator RoundTrip => _roundTrip;

    public int WindowPackets => _congestion.WindowPackets;

    public int PacketsInFlight => _sent.InFlightCount;

    private bool HasUnsent => _send.End > _nextOffset || (_send.IsCompleted && !_isEndSent);

    /// <summary>Packets leave from here on.</summary>
    public void Start(TimeSpan now)
    {
        _idleSince = now;
        RestartKeepAlive(now);
        HandleOutput(now);
    }

    /// <summary>Packets go another way, of which nothing is known.</summary>
    public void HandlePathChanged() => _mtu.Reset();

    /// <summary>The application wrote to the output, or completed it.</summary>
    public void HandleOutput(TimeSpan now)
    {
        _send.Refresh();
        UpdateWindowProbe(now);
    }

    /// <summary>Takes what the peer says of what has arrived there, and of its room.</summary>
    public void HandleAck(TimeSpan now, in PacketHeader header, ReadOnlySpan<byte> sacks)
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

    /// <summary>One or more of the timers have run out; false: the peer is given up.</summary>
    /// <param name="now">The time.</param>
    /// <param name="maxTimeouts">After how many retransmissions by the timer.</param>
    public bool TryHandleTimeout(TimeSpan now, int maxTimeouts)
    {
        _timers.TryExpire(StreamTimer.Pacing, now);
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
            IsHeartbeatDue = true;
            UpdateWindowProbe(now);
        }

        if (_timers.TryExpire(StreamTimer.KeepAlive, now))
        {
            IsHeartbeatDue = true;
            RestartKeepAlive(now);
        }

        return !_timers.TryExpire(StreamTimer.Retransmit, now) || TryHandleRetransmitTimeout(now, maxTimeouts);
    }

    /// <summary>Writes the next numbered packet, if there is one that may leave now; 0: there is none.</summary>
    public int TryWrite(TimeSpan now, Span<byte> destination)
    {
        if (_send.HasReleased)
        {
            _send.Refresh();
        }

        if (_sent.LostCount > 0 || _isProbeDue || HasUnsent)
        {
            return TryWriteNumbered(now, destination);
        }

        _isCongestionLimited = false;
        return 0;
    }

    /// <summary>Nothing is sent any more.</summary>
    public void Close()
    {
        _send.Dispose();
        _sent.Clear();
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
        // An end goes alone: a peer that has it may be gone, and its one acknowledgement lost (IsOnlyEndUnacked).
        _isEndSent = dataBytes == 0;
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
            Types = _isEndSent ? PacketTypes.End : PacketTypes.Data,
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
        _header.WriteNumbered(destination, packet.Types, number, (byte)padding);
        destination.Slice(PacketHeader.Size, padding).Clear();
        int start = PacketHeader.Size + padding;
        if (packet.DataBytes > 0)
        {
            _send.CopyTo(packet.Offset, destination.Slice(start, packet.DataBytes));
        }

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

    private void TakeSack(SackRange range, ref AckedBatch batch)
    {
        // By their distance from one number: the peer may send any two, and those half the circle apart have no order.
        int start = range.Start - _sent.First;
        int end = range.End - _sent.First;
        if (start < 0 || start >= end || end > _sent.Count)
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
        IsEnded = _isEndSent;
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

    // False: there were too many.
    private bool TryHandleRetransmitTimeout(TimeSpan now, int maxTimeouts)
    {
        if (_sent.Count == 0)
        {
            return true;
        }

        if (++_timeouts > maxTimeouts)
        {
            return false;
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
        return true;
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
}
