using RelayCluster.Dht.Rpc.Requests;

namespace RelayCluster.Dht.Tests.Rpc.Requests;

public class CongestionWindowTests
{
    private static readonly TimeSpan Slot = CongestionWindow.SlotPeriod;

    [Fact]
    public void A_slot_takes_the_maximum()
    {
        var window = new CongestionWindow(3);

        Send(window, TimeSpan.Zero, 3);

        Assert.True(window.IsFull(TimeSpan.Zero));
        Assert.Equal(Slot, window.NextTurn(TimeSpan.Zero));
        Assert.False(window.IsFull(Slot));
    }

    [Fact]
    public void All_slots_together_take_twice_the_maximum()
    {
        var window = new CongestionWindow(3);

        Send(window, TimeSpan.Zero, 3);
        Send(window, Slot, 3);

        Assert.True(window.IsFull(2 * Slot));
        Assert.True(window.IsFull(3 * Slot));
        Assert.False(window.IsFull(4 * Slot));
    }

    [Fact]
    public void A_reply_makes_room()
    {
        var window = new CongestionWindow(3);
        Send(window, TimeSpan.Zero, 3);

        window.HandleDone(TimeSpan.Zero);

        Assert.False(window.IsFull(TimeSpan.Zero));
    }

    [Fact]
    public void Replies_to_older_sendings_do_not_count_below_zero()
    {
        var window = new CongestionWindow(3);
        Send(window, TimeSpan.Zero, 3);

        for (int i = 0; i < 10; i++)
        {
            window.HandleDone(Slot);
        }

        Send(window, Slot, 3);
        Assert.True(window.IsFull(Slot));
    }

    [Fact]
    public void After_a_long_silence_all_is_forgotten()
    {
        var window = new CongestionWindow(3);
        Send(window, TimeSpan.Zero, 3);
        Send(window, Slot, 3);

        var later = TimeSpan.FromDays(365);

        Assert.False(window.IsFull(later));
        Send(window, later, 3);
        Assert.True(window.IsFull(later));
        Assert.False(window.IsFull(window.NextTurn(later)));
    }

    private static void Send(CongestionWindow window, TimeSpan now, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.False(window.IsFull(now));
            window.HandleSent(now);
        }
    }
}
