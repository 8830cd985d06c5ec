using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Tests.Recovery;

public sealed class PacerTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    private readonly Pacer _pacer = new();

    [Fact]
    public void Without_a_round_trip_there_is_no_limit()
    {
        for (int i = 0; i < 1_000; i++)
        {
            Assert.True(_pacer.CanSend(TimeSpan.Zero));
            _pacer.OnSent(1_200);
        }
    }

    [Fact]
    public void A_window_is_spread_over_the_round_trip()
    {
        _pacer.SetRate(TimeSpan.Zero, windowPackets: 100, packetBytes: 1_000, RoundTrip, gain: 1.25);
        int sent = 0;
        for (TimeSpan now = TimeSpan.Zero; now < RoundTrip; now += TimeSpan.FromMilliseconds(1))
        {
            for (; _pacer.CanSend(now); sent++)
            {
                _pacer.OnSent(1_000);
            }
        }

        Assert.InRange(sent, 125, 140);
    }

    [Fact]
    public void A_burst_is_at_most_ten_packets_on_a_slow_path()
    {
        _pacer.SetRate(TimeSpan.Zero, 10, 1_000, RoundTrip, gain: 1);
        int sent = 0;
        for (; _pacer.CanSend(TimeSpan.Zero); sent++)
        {
            _pacer.OnSent(1_000);
        }

        Assert.Equal(10, sent);
        Assert.InRange(_pacer.NextSend(TimeSpan.Zero).TotalMilliseconds, 49, 51);
    }

    [Fact]
    public void When_the_time_has_come_sending_goes_on()
    {
        _pacer.SetRate(TimeSpan.Zero, 10, 1_000, RoundTrip, gain: 1);
        while (_pacer.CanSend(TimeSpan.Zero))
        {
            _pacer.OnSent(1_000);
        }

        Assert.True(_pacer.CanSend(_pacer.NextSend(TimeSpan.Zero)));
    }
}
