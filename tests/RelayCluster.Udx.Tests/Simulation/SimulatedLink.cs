using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Tests.Simulation;

/// <summary>One direction of a network on virtual time.</summary>
internal sealed class SimulatedLink(Random random)
{
    private readonly PriorityQueue<byte[], (TimeSpan At, long Order)> _underWay = new();
    private TimeSpan _busyUntil;
    private long _order;

    public LinkConditions Conditions { get; set; } = new();

    /// <summary>Told of each datagram; false drops it.</summary>
    public Func<byte[], bool>? Filter { get; set; }

    public long SentDatagrams { get; private set; }

    public long SentBytes { get; private set; }

    public int LargestDelivered { get; private set; }

    public TimeSpan? Next => _underWay.TryPeek(out _, out (TimeSpan At, long) key) ? key.At : null;

    public void Send(TimeSpan now, ReadOnlySpan<byte> datagram)
    {
        SentDatagrams++;
        SentBytes += datagram.Length;
        byte[] copy = datagram.ToArray();
        if (Filter?.Invoke(copy) == false ||
            copy.Length + MtuProber.NetworkHeaderBytes > Conditions.Mtu ||
            random.NextDouble() < Conditions.Loss)
        {
            return;
        }

        TimeSpan leaves = now;
        if (Conditions.BytesPerSecond is { } rate)
        {
            _busyUntil = _busyUntil < now ? now : _busyUntil;
            if ((_busyUntil - now).TotalSeconds * rate > Conditions.QueueBytes)
            {
                return;
            }

            _busyUntil += TimeSpan.FromSeconds(copy.Length / rate);
            leaves = _busyUntil;
        }

        Deliver(leaves, copy);
        if (random.NextDouble() < Conditions.Duplication)
        {
            Deliver(leaves, copy);
        }
    }

    public bool TryReceive(TimeSpan now, out byte[] datagram)
    {
        datagram = [];
        if (!_underWay.TryPeek(out _, out (TimeSpan At, long) key) || key.At > now)
        {
            return false;
        }

        datagram = _underWay.Dequeue();
        LargestDelivered = Math.Max(LargestDelivered, datagram.Length);
        return true;
    }

    private void Deliver(TimeSpan leaves, byte[] datagram)
    {
        TimeSpan at = leaves + Conditions.Latency;
        if (random.NextDouble() < Conditions.Reordering)
        {
            at += Conditions.ReorderingDelay * random.NextDouble();
        }

        _underWay.Enqueue(datagram, (at, _order++));
    }
}
