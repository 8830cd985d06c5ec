using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc.Requests;

/// <summary>
/// How long to wait for a node's reply. Fixed at one second, or following the round trips measured to the node: their
/// smoothed mean plus twice their mean deviation, times the number of the attempt, between 0.3 and 4 s; for a node
/// never heard 250, 500, 1000, 2000, 4000 ms by attempt; and up to 256 ms at random, so that retries do not march in
/// step. (The reference's package adaptive-timeout has these numbers.)
/// </summary>
/// <remarks>
/// Estimates live in a table of fixed size, where two nodes may share a place and the later one takes it.
/// </remarks>
internal sealed class ReplyTimeouts
{
    private const int Places = 1024;
    private const int MaxJitterMilliseconds = 256;

    private static readonly TimeSpan Fixed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan FirstOfUnknown = TimeSpan.FromMilliseconds(250);

    private readonly Estimate[]? _estimates;
    private readonly Random _random;

    public ReplyTimeouts(bool isAdaptive, Random random)
    {
        _estimates = isAdaptive ? new Estimate[Places] : null;
        _random = random;
    }

    /// <summary>
    /// A reply came after this time. Only of the first two attempts: later ones cannot be told apart.
    /// </summary>
    public void HandleRoundTrip(UdpEndPoint node, TimeSpan roundTrip)
    {
        if (_estimates is null)
        {
            return;
        }

        ref Estimate estimate = ref PlaceOf(node);
        if (estimate.Node != node)
        {
            estimate = new Estimate(node, roundTrip, roundTrip / 2);
            return;
        }

        estimate.Deviation += ((roundTrip - estimate.Mean).Duration() - estimate.Deviation) / 4;
        estimate.Mean += (roundTrip - estimate.Mean) / 8;
    }

    /// <summary>How long to wait after the given attempt, counted from 1.</summary>
    public TimeSpan GetTimeout(UdpEndPoint node, int attempt)
    {
        if (_estimates is null)
        {
            return Fixed;
        }

        TimeSpan jitter = TimeSpan.FromMilliseconds(_random.Next(MaxJitterMilliseconds));
        ref Estimate estimate = ref PlaceOf(node);
        if (estimate.Node != node)
        {
            return (FirstOfUnknown * (1 << Math.Min(attempt - 1, 4))) + jitter;
        }

        TimeSpan wait = ((estimate.Mean + (2 * estimate.Deviation)) * attempt) + jitter;
        return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, Min.Ticks, Max.Ticks));
    }

    private ref Estimate PlaceOf(UdpEndPoint node) =>
        ref _estimates![(uint)node.GetHashCode() % Places];

    private record struct Estimate(UdpEndPoint Node, TimeSpan Mean, TimeSpan Deviation);
}
