using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Rpc.Requests;

public class ReplyTimeoutsTests
{
    private static readonly UdpEndPoint Node = UdpEndPoint.Parse("10.0.0.1:1");

    [Fact]
    public void Fixed_timeouts_are_one_second_whatever_was_measured()
    {
        var timeouts = new ReplyTimeouts(isAdaptive: false, new Random(1));
        timeouts.HandleRoundTrip(Node, TimeSpan.FromMilliseconds(5));

        Assert.Equal(TimeSpan.FromSeconds(1), timeouts.GetTimeout(Node, 1));
        Assert.Equal(TimeSpan.FromSeconds(1), timeouts.GetTimeout(Node, 6));
    }

    [Theory]
    [InlineData(1, 250)]
    [InlineData(2, 500)]
    [InlineData(3, 1000)]
    [InlineData(4, 2000)]
    [InlineData(5, 4000)]
    [InlineData(9, 4000)]
    public void A_node_never_heard_gets_growing_time(int attempt, int milliseconds)
    {
        var timeouts = new ReplyTimeouts(isAdaptive: true, new Random(1));

        double timeout = timeouts.GetTimeout(Node, attempt).TotalMilliseconds;

        Assert.InRange(timeout, milliseconds, milliseconds + 256);
    }

    [Fact]
    public void A_steady_node_gets_little_more_than_its_round_trip()
    {
        var timeouts = new ReplyTimeouts(isAdaptive: true, new Random(1));
        for (int i = 0; i < 50; i++)
        {
            timeouts.HandleRoundTrip(Node, TimeSpan.FromMilliseconds(400));
        }

        Assert.InRange(timeouts.GetTimeout(Node, 1).TotalMilliseconds, 400, 700);
        Assert.InRange(timeouts.GetTimeout(Node, 2).TotalMilliseconds, 800, 1100);
    }

    [Theory]
    [InlineData(1, 300)]
    [InlineData(60_000, 4000)]
    public void Estimates_stay_within_limits(int roundTrip, int expected)
    {
        var timeouts = new ReplyTimeouts(isAdaptive: true, new Random(1));
        timeouts.HandleRoundTrip(Node, TimeSpan.FromMilliseconds(roundTrip));

        Assert.Equal(expected, timeouts.GetTimeout(Node, 1).TotalMilliseconds);
    }

    [Fact]
    public void Measuring_very_many_nodes_takes_no_more_room()
    {
        var timeouts = new ReplyTimeouts(isAdaptive: true, new Random(1));
        timeouts.HandleRoundTrip(Node, TimeSpan.FromMilliseconds(1));
        uint next = 0;

        Assert.Equal(0, Allocations.Of(() =>
        {
            for (uint end = next + 100_000; next < end; next++)
            {
                timeouts.HandleRoundTrip(new UdpEndPoint(next, 1), TimeSpan.FromMilliseconds(1));
            }
        }));
    }
}
