namespace RelayCluster.Udx.Recovery;

/// <summary>
/// The round-trip time as RFC 6298 estimates it, and the smallest one seen of late, which RACK and HyStart++ measure
/// against. The retransmission timeout has the deviation fourfold on top of the mean, and a floor: the reference takes
/// the RFC's second, we take 250 ms as the kernels do (200), because the peer acknowledges every packet at once.
/// </summary>
internal sealed class RttEstimator
{
    /// <summary>The timeout before there is a sample (RFC 6298 section 2.1).</summary>
    public static readonly TimeSpan InitialTimeout = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(30);

    // A suspended machine that wakes measures its own sleep. Samples beyond this and far from the mean are cut.
    private static readonly TimeSpan OutlierFloor = TimeSpan.FromSeconds(5);

    // How long a minimum counts before a larger one may take its place: the Linux kernel's value.
    private static readonly TimeSpan MinWindow = TimeSpan.FromSeconds(300);

    private TimeSpan _minSampledAt;
    private TimeSpan _nextMin;
    private TimeSpan _nextMinSampledAt;

    /// <summary>Whether anything was measured yet.</summary>
    public bool HasSample { get; private set; }

    /// <summary>The mean, zero before the first sample.</summary>
    public TimeSpan Smoothed { get; private set; }

    /// <summary>The mean deviation.</summary>
    public TimeSpan Variation { get; private set; }

    /// <summary>The last sample.</summary>
    public TimeSpan Latest { get; private set; }

    /// <summary>The smallest sample of the last five to ten minutes.</summary>
    public TimeSpan Min { get; private set; }

    /// <summary>How long to wait for an acknowledgement before the packet is sent again.</summary>
    public TimeSpan Timeout { get; private set; } = InitialTimeout;

    /// <summary>A packet that was sent once came back acknowledged after <paramref name="sample"/>.</summary>
    public void Add(TimeSpan now, TimeSpan sample)
    {
        if (HasSample)
        {
            TimeSpan outlier = Smoothed + (5 * Variation);
            if (sample > OutlierFloor && sample > outlier)
            {
                sample = outlier;
            }

            TimeSpan deviation = (sample - Smoothed).Duration();
            Variation = TimeSpan.FromTicks(((3 * Variation.Ticks) + deviation.Ticks) / 4);
            Smoothed = TimeSpan.FromTicks(((7 * Smoothed.Ticks) + sample.Ticks) / 8);
        }
        else
        {
            HasSample = true;
            Smoothed = sample;
            Variation = sample / 2;
            Min = _nextMin = sample;
            _minSampledAt = _nextMinSampledAt = now;
        }

        Latest = sample;
        TimeSpan timeout = Smoothed + (4 * Variation);
        Timeout = timeout < MinTimeout ? MinTimeout : timeout > MaxTimeout ? MaxTimeout : timeout;
        UpdateMin(now, sample);
    }

    // Two candidates: the minimum, and the minimum since that one was half a window old, which takes over.
    private void UpdateMin(TimeSpan now, TimeSpan sample)
    {
        if (sample <= Min)
        {
            Min = _nextMin = sample;
            _minSampledAt = _nextMinSampledAt = now;
            return;
        }

        if (sample <= _nextMin || now - _nextMinSampledAt > MinWindow)
        {
            _nextMin = sample;
            _nextMinSampledAt = now;
        }

        if (now - _minSampledAt > MinWindow)
        {
            Min = _nextMin;
            _minSampledAt = _nextMinSampledAt;
            _nextMin = sample;
            _nextMinSampledAt = now;
        }
        else if (_minSampledAt == _nextMinSampledAt && now - _minSampledAt > MinWindow / 2)
        {
            _nextMin = sample;
            _nextMinSampledAt = now;
        }
    }
}
