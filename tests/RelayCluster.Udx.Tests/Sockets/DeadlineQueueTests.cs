using RelayCluster.Udx.Sockets;

namespace RelayCluster.Udx.Tests.Sockets;

public sealed class DeadlineQueueTests
{
    private readonly DeadlineQueue<Holder> _queue = new();

    [Fact]
    public void Holders_come_out_in_the_order_of_their_last_instants()
    {
        var random = new Random(1);
        List<Holder> holders = [.. Enumerable.Range(0, 500).Select(_ => new Holder())];
        for (int i = 0; i < 5_000; i++)
        {
            Holder holder = holders[random.Next(holders.Count)];
            if (random.Next(10) == 0)
            {
                _queue.Remove(holder);
                holder.At = null;
            }
            else
            {
                holder.At = TimeSpan.FromTicks(random.Next(1_000));
                _queue.Schedule(holder, holder.At.Value);
            }
        }

        List<TimeSpan> taken = [];
        while (_queue.TryTake(TimeSpan.MaxValue, out Holder? holder))
        {
            taken.Add(holder!.At!.Value);
            Assert.Equal(-1, holder.DeadlineIndex);
        }

        Assert.Equal([.. holders.Where(h => h.At is not null).Select(h => h.At!.Value).Order()], taken);
    }

    [Fact]
    public void Nothing_comes_out_before_its_time()
    {
        _queue.Schedule(new Holder(), TimeSpan.FromSeconds(2));

        Assert.False(_queue.TryTake(TimeSpan.FromSeconds(1), out _));
        Assert.Equal(TimeSpan.FromSeconds(2), _queue.Next);
        Assert.True(_queue.TryTake(TimeSpan.FromSeconds(2), out _));
        Assert.Null(_queue.Next);
    }

    private sealed class Holder : IDeadlineHolder
    {
        public int DeadlineIndex { get; set; } = -1;

        public TimeSpan? At { get; set; }
    }
}
