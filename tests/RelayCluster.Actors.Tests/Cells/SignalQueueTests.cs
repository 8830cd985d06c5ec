using RelayCluster.Actors.Cells;
using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests.Cells;

public sealed class SignalQueueTests
{
    [Fact]
    public void Signals_come_out_in_the_order_they_went_in()
    {
        var queue = new SignalQueue();
        Numbered[] signals = [new(0, 0), new(0, 1), new(0, 2), new(0, 3)];
        Assert.True(queue.IsEmpty);
        queue.Enqueue(signals[0]);
        queue.Enqueue(signals[1]);
        Assert.Same(signals[0], Next(queue));
        queue.Enqueue(signals[2]);
        queue.Enqueue(signals[3]);
        Assert.Equal(signals[1..], [Next(queue), Next(queue), Next(queue)]);
        Assert.True(queue.IsEmpty);
        Assert.False(queue.TryDequeue(out _));
    }

    [Fact]
    public async Task Many_senders_lose_nothing_and_keep_their_order()
    {
        const int Senders = 4;
        const int Each = 20_000;
        var queue = new SignalQueue();
        Task senders = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (int number = 1; number <= Each; number++)
            {
                queue.Enqueue(new Numbered(sender, number));
            }
        })));
        int[] last = new int[Senders];
        var spin = default(SpinWait);
        while (!senders.IsCompleted || !queue.IsEmpty)
        {
            if (queue.TryDequeue(out Signal? signal))
            {
                var numbered = (Numbered)signal;
                Assert.Equal(++last[numbered.Sender], numbered.Number);
            }
            else
            {
                spin.SpinOnce();
            }
        }

        await senders.WaitAsync(ActorTestKit.RealDeadline);
        Assert.All(last, count => Assert.Equal(Each, count));
    }

    private static Signal? Next(SignalQueue queue) => queue.TryDequeue(out Signal? signal) ? signal : null;

    private sealed class Numbered(int sender, int number) : Signal
    {
        public int Sender => sender;

        public int Number => number;

        public override void Handle(ActorCell cell)
        {
        }
    }
}
