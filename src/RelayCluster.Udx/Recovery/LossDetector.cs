using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Recovery;

/// <summary>
/// RACK (RFC 8985): a packet is lost if one sent after it was acknowledged, and a round trip and a reordering window have
/// passed since it was sent itself. Time, not a count of duplicates, decides, so reordering within the window costs
/// nothing, and a packet lost a second time is found as the first time. The window is a quarter of the smallest round
/// trip; it is zero as long as no reordering was seen and three packets are acknowledged ahead of the gap (as with TCP's
/// three duplicates), or a repair is under way anyway. Without DSACK, which UDX has not, the window does not widen
/// further.
/// </summary>
internal sealed class LossDetector(SentPackets packets, RttEstimator roundTrip)
{
    private const int DuplicateThreshold = 3;

    // The packet sent last of those acknowledged: when, the number after it, and how long it took.
    private bool _hasAck;
    private TimeSpan _sentAt;
    private SequenceNumber _end;
    private TimeSpan _roundTrip;

    // The number after the highest one acknowledged.
    private SequenceNumber _forward;

    /// <summary>Whether a packet was acknowledged after a later one, without having been sent twice.</summary>
    public bool IsReordering { get; private set; }

    /// <summary>A packet is being acknowledged.</summary>
    public void OnAcked(TimeSpan now, SequenceNumber number, in SentPacket packet)
    {
        TimeSpan sample = now - packet.SentAt;
        SequenceNumber end = number + 1;
        if (!_hasAck || end > _forward)
        {
            _forward = end;
        }
        else if (end < _forward && !packet.IsRetransmitted)
        {
            IsReordering = true;
        }

        // Faster than the path is: this answers the earlier sending, and tells nothing of the later.
        if (packet.IsRetransmitted && sample < roundTrip.Min)
        {
            return;
        }

        _roundTrip = sample;
        if (!_hasAck || packet.SentAt > _sentAt || (packet.SentAt == _sentAt && end > _end))
        {
            _hasAck = true;
            _sentAt = packet.SentAt;
            _end = end;
        }
    }

    /// <summary>Takes the next lost packet; false if there is none now, and then when to look again.</summary>
    public bool TryTakeLost(TimeSpan now, bool isRecovering, out SequenceNumber lost, out TimeSpan? lookAgainAt)
    {
        lost = default;
        lookAgainAt = null;
        if (!_hasAck || packets.InFlightCount == 0)
        {
            return false;
        }

        lost = packets.OldestInFlight;
        ref SentPacket packet = ref packets[lost];
        if (packet.SentAt > _sentAt || (packet.SentAt == _sentAt && lost + 1 >= _end))
        {
            return false;
        }

        TimeSpan deadline = packet.SentAt + _roundTrip + ReorderingWindow(isRecovering);
        if (deadline > now)
        {
            lookAgainAt = deadline;
            return false;
        }

        return true;
    }

    /// <summary>Whether a packet, when the retransmission timer runs out, is old enough to be taken for lost too.</summary>
    public bool IsOverdue(TimeSpan now, in SentPacket packet) =>
        packet.SentAt + _roundTrip + ReorderingWindow(isRecovering: true) <= now;

    private TimeSpan ReorderingWindow(bool isRecovering)
    {
        if (!IsReordering && (isRecovering || packets.SackedCount >= DuplicateThreshold))
        {
            return TimeSpan.Zero;
        }

        TimeSpan window = roundTrip.Min / 4;
        return window < roundTrip.Smoothed ? window : roundTrip.Smoothed;
    }
}
