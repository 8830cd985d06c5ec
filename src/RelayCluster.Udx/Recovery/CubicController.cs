using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Recovery;

/// <summary>
/// CUBIC (RFC 9438), counted in packets, with HyStart++ in slow start. The reference has BBR. CUBIC needs no model of the
/// path that acknowledgements coalesced by a busy peer could mislead, and is fair to the TCP that runs beside it; it gives
/// way to random loss more than BBR does. The window grows with the time since the last congestion event:
/// <code>
///   W(t) = 0.4 (t - K)^3 + Wmax,  K = cbrt((Wmax - window after the event) / 0.4),  t in seconds
/// </code>
/// so it is flat around the size where packets were last lost, and never slower than Reno would grow.
/// </summary>
internal sealed class CubicController : ICongestionController
{
    public const int InitialWindow = 10;

    private const int MinWindow = 2;
    private const double Beta = 0.7;
    private const double Scaling = 0.4;
    private const double RenoAlpha = 3 * (1 - Beta) / (1 + Beta);

    private readonly SlowStartRounds _rounds = new();
    private double _window = InitialWindow;
    private double _threshold = double.PositiveInfinity;
    private double _windowMax;
    private double _renoWindow;
    private double _delayToMax;
    private TimeSpan? _epochStart;

    public int WindowPackets => (int)_window;

    public double PacingGain => IsInSlowStart ? 2.0 : 1.25;

    /// <summary>Whether the window doubles each round trip.</summary>
    public bool IsInSlowStart => _window < _threshold;

    public void OnAcked(in AckSample sample)
    {
        // A window that was not used says nothing about the path, so it does not grow (RFC 9438 section 5.8).
        if (sample.IsInRecovery || !sample.IsWindowLimited)
        {
            return;
        }

        if (!IsInSlowStart)
        {
            GrowByTime(sample);
            return;
        }

        _rounds.OnAcked(sample);
        _window = Math.Min(_window + _rounds.Growth(sample.Packets), _threshold);
        if (_rounds.IsOver)
        {
            _threshold = _window;
        }
    }

    public void OnCongestion(TimeSpan now, SequenceNumber next)
    {
        // Fast convergence: a window that shrinks a second time makes room for a newcomer.
        _windowMax = _window < _windowMax ? _window * (1 + Beta) / 2 : _window;
        _window = Math.Max(_window * Beta, MinWindow);
        _threshold = _window;
        _epochStart = null;
    }

    public void OnTimeout(TimeSpan now)
    {
        _windowMax = _window;
        _threshold = Math.Max(_window * Beta, MinWindow);
        _window = 1;
        _epochStart = null;
        _rounds.Reset();
    }

    public void OnIdle(TimeSpan idle, TimeSpan timeout)
    {
        // The clock of the curve must not run on while nothing is sent.
        _epochStart += idle;
        if (idle > timeout)
        {
            _window = Math.Min(_window, Math.Max(InitialWindow, _window / 2));
        }
    }

    private void GrowByTime(in AckSample sample)
    {
        if (_epochStart is not { } start)
        {
            start = sample.Now;
            _epochStart = start;
            _renoWindow = _window;
            _windowMax = Math.Max(_windowMax, _window);
            _delayToMax = Math.Cbrt((_windowMax - _window) / Scaling);
        }

        double seconds = (sample.Now - start + sample.SmoothedRoundTrip).TotalSeconds - _delayToMax;
        double target = Math.Clamp((Scaling * seconds * seconds * seconds) + _windowMax, _window, 1.5 * _window);
        double alpha = _renoWindow < _windowMax ? RenoAlpha : 1;
        _renoWindow += alpha * sample.Packets / _window;
        _window = Math.Max(_window + ((target - _window) * sample.Packets / _window), _renoWindow);
    }
}
