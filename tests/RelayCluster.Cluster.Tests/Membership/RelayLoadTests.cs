using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Membership;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Tests.Membership;

public sealed class RelayLoadTests
{
    private readonly VirtualClock _clock = new();
    private readonly RelayLoad _load;
    private RelayActivity _activity = new(1, 2, 3, 4, 0);

    public RelayLoadTests() => _load = new RelayLoad(() => _activity, _clock);

    [Fact]
    public void What_is_open_is_told_as_it_is()
    {
        NodeLoad load = _load.Measure();

        Assert.Equal((1, 2, 3, 4), (load.Sessions, load.Streams, load.Servers, load.Queries));
    }

    [Fact]
    public void The_rate_is_the_one_since_it_was_last_taken()
    {
        _activity = _activity with { Bytes = 3000 };
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1500, _load.Measure().BytesPerSecond);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _load.Measure().BytesPerSecond);
    }

    [Fact]
    public void Asked_again_at_once_it_tells_the_same_rate()
    {
        _activity = _activity with { Bytes = 1000 };
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1000, _load.Measure().BytesPerSecond);

        _activity = _activity with { Bytes = 900_000 };
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1000, _load.Measure().BytesPerSecond);
    }
}
