using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>
/// When to send a probe, and where to: a state machine on the owner's clock.
/// <list type="bullet">
/// <item>To a side with one outside port: each second, ten times. Addresses that the side has shown to be its own each
/// time; others, which might be somebody else's, every fourth time only.</item>
/// <item>To a side whose outside port is another for each that it sends to: to ports of its address at random, fifty a
/// second for 35 seconds. Meanwhile the side keeps many of its own open towards us, and one will fit.</item>
/// </list>
/// Source: hyperdht 6.34, lib/holepuncher.js.
/// </summary>
internal sealed class ProbeSchedule
{
    private const int Rounds = 10;
    private const int RoundsForOthers = 4;
    private const int Guesses = 1750;
    private const int LowestPort = 1000;
    private static readonly TimeSpan RoundPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GuessPeriod = TimeSpan.FromMilliseconds(20);

    private readonly PunchTarget _target;
    private readonly Random _random;
    private readonly Queue<UdpEndPoint> _due = new();
    private int _count;

    /// <param name="now">When the first is due.</param>
    /// <param name="target">The other side.</param>
    /// <param name="seed">Of the ports to guess.</param>
    public ProbeSchedule(TimeSpan now, PunchTarget target, int seed)
    {
        _target = target;
        _random = new Random(seed);
        NextTimeout = now;
    }

    /// <summary>When <see cref="HandleTimeout"/> is to be called next; null when all was tried.</summary>
    public TimeSpan? NextTimeout { get; private set; }

    public void HandleTimeout(TimeSpan now)
    {
        if (NextTimeout is not { } due || now < due)
        {
            return;
        }

        int count = _target.IsRandom ? Guesses : Rounds;
        if (_count == count)
        {
            NextTimeout = null;
            return;
        }

        _count++;
        if (_target.IsRandom)
        {
            _due.Enqueue(new UdpEndPoint(_target.Verified[0].Address, GuessPort()));
        }
        else
        {
            Enqueue(_target.Verified);
            if (_count % RoundsForOthers == 0)
            {
                Enqueue(_target.Others);
            }
        }

        NextTimeout = now + (_target.IsRandom ? GuessPeriod : RoundPeriod);
    }

    /// <summary>The next probe to send now.</summary>
    public bool TryTakeProbe(out UdpEndPoint to) => _due.TryDequeue(out to);

    private void Enqueue(IEnumerable<UdpEndPoint> endPoints)
    {
        foreach (UdpEndPoint endPoint in endPoints)
        {
            _due.Enqueue(endPoint);
        }
    }

    private ushort GuessPort() => (ushort)_random.Next(LowestPort, ushort.MaxValue + 1);
}
