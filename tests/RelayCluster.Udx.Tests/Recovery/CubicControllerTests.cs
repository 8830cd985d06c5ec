using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Tests.Recovery;

public sealed class CubicControllerTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(20);

    private readonly CubicController _controller = new();
    private TimeSpan _now;
    private SequenceNumber _acked;

    [Fact]
    public void Slow_start_grows_by_what_is_acknowledged()
    {
        Ack(10);

        Assert.Equal(20, _controller.WindowPackets);
        Assert.True(_controller.IsInSlowStart);
    }

    [Fact]
    public void An_unused_window_does_not_grow()
    {
        Ack(10, isWindowLimited: false);

        Assert.Equal(CubicController.InitialWindow, _controller.WindowPackets);
    }

    [Fact]
    public void A_congestion_event_takes_three_tenths()
    {
        Ack(90);

        _controller.OnCongestion(_now, _acked);

        Assert.Equal(70, _controller.WindowPackets);
        Assert.False(_controller.IsInSlowStart);
    }

    [Fact]
    public void After_an_event_the_window_comes_back_and_flattens_at_the_old_size()
    {
        Ack(990);
        _controller.OnCongestion(_now, _acked);
        double delayToMax = Math.Cbrt(1000 * 0.3 / 0.4);

        RunRoundTrips((int)(delayToMax / RoundTrip.TotalSeconds));

        Assert.InRange(_controller.WindowPackets, 980, 1030);
    }

    [Fact]
    public void A_small_window_grows_no_slower_than_reno()
    {
        _controller.OnCongestion(_now, _acked);
        int before = _controller.WindowPackets;

        RunRoundTrips(20);

        Assert.InRange(_controller.WindowPackets, before + 9, before + 40);
    }

    [Fact]
    public void A_timeout_starts_again_from_one_packet()
    {
        Ack(90);

        _controller.OnTimeout(_now);

        Assert.Equal(1, _controller.WindowPackets);
        Assert.True(_controller.IsInSlowStart);
    }

    [Fact]
    public void A_rising_round_trip_ends_slow_start()
    {
        for (int round = 0; round < 12; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                Ack(2, RoundTrip + TimeSpan.FromMilliseconds(10 * round));
            }
        }

        Assert.False(_controller.IsInSlowStart);
    }

    [Fact]
    public void A_long_idle_time_shrinks_a_large_window()
    {
        Ack(990);

        _controller.OnIdle(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

        Assert.Equal(500, _controller.WindowPackets);
    }

    private void RunRoundTrips(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _now += RoundTrip;
            Ack(_controller.WindowPackets);
        }
    }

    private void Ack(int packets, TimeSpan? roundTrip = null, bool isWindowLimited = true)
    {
        _acked += packets;
        _controller.OnAcked(new AckSample
        {
            Now = _now,
            Packets = packets,
            Acked = _acked,
            Next = _acked + 20,
            RoundTrip = roundTrip ?? RoundTrip,
            SmoothedRoundTrip = RoundTrip,
            IsWindowLimited = isWindowLimited,
            IsInRecovery = false,
        });
    }
}
