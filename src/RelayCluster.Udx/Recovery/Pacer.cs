namespace RelayCluster.Udx.Recovery;

/// <summary>
/// A token bucket that spreads a window over a round trip, so that a burst does not overrun a queue on the path. The
/// bucket holds what the rate yields in the time that a timer may be late, and at least ten packets, the burst that an
/// initial window is anyway. Sending may overdraw it by one datagram.
/// </summary>
internal sealed class Pacer
{
    private const int MinBurstPackets = 10;

    // Longer than a poll's timeout is late on a machine under load; shorter than queues on the path are deep.
    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(2);

    private double _bytesPerTick = double.PositiveInfinity;
    private double _capacity = double.PositiveInfinity;
    private double _tokens = double.PositiveInfinity;
    private TimeSpan _refilledAt;

    /// <summary>Sets the rate: <paramref name="gain"/> windows a round trip. Without a round trip there is no rate, and
    /// no limit.</summary>
    public void SetRate(TimeSpan now, int windowPackets, int packetBytes, TimeSpan roundTrip, double gain)
    {
        Refill(now);
        if (roundTrip <= TimeSpan.Zero)
        {
            return;
        }

        _bytesPerTick = gain * windowPackets * packetBytes / roundTrip.Ticks;
        _capacity = Math.Max(_bytesPerTick * BurstTime.Ticks, MinBurstPackets * packetBytes);
        _tokens = Math.Min(_tokens, _capacity);
    }

    /// <summary>Whether a datagram may leave now.</summary>
    public bool CanSend(TimeSpan now)
    {
        if (_tokens > 0)
        {
            return true;
        }

        Refill(now);
        return _tokens > 0;
    }

    /// <summary>A datagram left.</summary>
    public void OnSent(int bytes) => _tokens -= bytes;

    /// <summary>When half a burst may leave again; to wake for each packet would cost more than it smooths.</summary>
    public TimeSpan NextSend(TimeSpan now)
    {
        double missing = (_capacity / 2) - _tokens;
        return missing <= 0 ? now : now + TimeSpan.FromTicks((long)(missing / _bytesPerTick) + 1);
    }

    private void Refill(TimeSpan now)
    {
        if (now > _refilledAt && !double.IsPositiveInfinity(_tokens))
        {
            _tokens = Math.Min(_capacity, _tokens + ((now - _refilledAt).Ticks * _bytesPerTick));
        }

        _refilledAt = now;
    }
}
