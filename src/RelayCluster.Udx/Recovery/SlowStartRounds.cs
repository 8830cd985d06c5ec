using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Recovery;

/// <summary>
/// HyStart++ (RFC 9406): leaves slow start before it overruns the queue on the path. A round lasts until what was sent in
/// it is acknowledged. If the smallest round trip of a round lies clearly above that of the round before, a queue is
/// building: growth goes on at a quarter for five rounds, and if the round trip does not come down again in them, slow
/// start is over.
/// </summary>
internal sealed class SlowStartRounds
{
    private const int SamplesNeeded = 8;
    private const int ConservativeRounds = 5;
    private const int ConservativeDivisor = 4;
    private static readonly TimeSpan MinIncrease = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MaxIncrease = TimeSpan.FromMilliseconds(16);

    private bool _hasRound;
    private SequenceNumber _roundEnd;
    private TimeSpan _lastMin = TimeSpan.MaxValue;
    private TimeSpan _currentMin = TimeSpan.MaxValue;
    private TimeSpan _baseline;
    private int _samples;
    private int _conservativeRounds;

    /// <summary>Whether growth is slowed because the round trip rose.</summary>
    public bool IsConservative { get; private set; }

    /// <summary>Whether slow start is to end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>How many packets the window may grow by for <paramref name="acked"/> acknowledged ones.</summary>
    public double Growth(int acked) => IsConservative ? (double)acked / ConservativeDivisor : acked;

    /// <summary>Begins anew, as after a timeout.</summary>
    public void Reset()
    {
        _hasRound = false;
        _lastMin = _currentMin = TimeSpan.MaxValue;
        _samples = 0;
        IsConservative = false;
        IsOver = false;
    }

    public void OnAcked(in AckSample sample)
    {
        if (!_hasRound)
        {
            _hasRound = true;
            _roundEnd = sample.Next;
        }

        if (sample.RoundTrip is { } roundTrip)
        {
            _currentMin = roundTrip < _currentMin ? roundTrip : _currentMin;
            _samples++;
            Judge();
        }

        if (sample.Acked >= _roundEnd)
        {
            EndRound(sample.Next);
        }
    }

    private void Judge()
    {
        if (_samples < SamplesNeeded)
        {
            return;
        }

        if (IsConservative)
        {
            if (_currentMin < _baseline)
            {
                IsConservative = false;
            }
        }
        else if (_lastMin != TimeSpan.MaxValue)
        {
            TimeSpan increase = _lastMin / 8;
            increase = increase < MinIncrease ? MinIncrease : increase > MaxIncrease ? MaxIncrease : increase;
            if (_currentMin >= _lastMin + increase)
            {
                IsConservative = true;
                _baseline = _currentMin;
                _conservativeRounds = 0;
            }
        }
    }

    private void EndRound(SequenceNumber next)
    {
        if (IsConservative && ++_conservativeRounds > ConservativeRounds)
        {
            IsOver = true;
        }

        _roundEnd = next;
        _lastMin = _currentMin;
        _currentMin = TimeSpan.MaxValue;
        _samples = 0;
    }
}
