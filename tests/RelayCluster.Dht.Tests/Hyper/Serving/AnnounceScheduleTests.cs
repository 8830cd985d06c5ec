using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Serving;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

public sealed class AnnounceScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly AnnounceSchedule _schedule = new();

    [Fact]
    public void Begins_WithARefresh()
    {
        Assert.Equal(AnnounceStep.Refresh, _schedule.GetStep(default));
        Assert.Empty(_schedule.Relays);
    }

    [Fact]
    public void AfterARefresh_PingsEveryThreeSecondsForFiveMinutes()
    {
        _schedule.HandleRefreshed(default, Relays(1, 2, 3));
        Assert.Equal(AnnounceStep.Wait, _schedule.GetStep(default));
        int pings = 0;
        TimeSpan now = default;
        while (true)
        {
            now = _schedule.NextTimeout;
            if (_schedule.GetStep(now) == AnnounceStep.Refresh)
            {
                break;
            }

            Assert.Equal(AnnounceStep.Ping, _schedule.GetStep(now));
            _schedule.HandlePings(now, 3);
            pings++;
        }

        Assert.Equal(AnnounceSchedule.RefreshPeriod, now);
        Assert.Equal(99, pings);
    }

    [Theory]
    [InlineData(3, 3, false)]
    [InlineData(3, 2, true)]
    [InlineData(1, 1, false)]
    [InlineData(1, 0, true)]
    public void Pings_LostTooMany_AnnouncesAnew(byte relays, int answers, bool refreshes)
    {
        _schedule.HandleRefreshed(default, Relays([.. Enumerable.Range(1, relays).Select(n => (byte)n)]));
        _schedule.HandlePings(3 * Second, answers);

        Assert.Equal(refreshes ? AnnounceStep.Refresh : AnnounceStep.Wait, _schedule.GetStep(3 * Second));
    }

    [Fact]
    public void Refreshed_AtOtherNodes_LetsTheFormerForget()
    {
        Assert.Empty(_schedule.HandleRefreshed(default, Relays(1, 2, 3)));

        IReadOnlyList<UdpEndPoint> former = _schedule.HandleRefreshed(Second, Relays(3, 4, 5));

        Assert.Equal([EndPoint(1), EndPoint(2)], former);
        Assert.Equal(Relays(3, 4, 5), _schedule.Relays);
    }

    [Fact]
    public void Refreshed_Nowhere_KeepsTheFormerAndTriesAgainLessAndLessOften()
    {
        _schedule.HandleRefreshed(default, Relays(1));
        TimeSpan now = Second;
        List<double> pauses = [];
        for (int i = 0; i < 7; i++)
        {
            Assert.Empty(_schedule.HandleRefreshed(now, []));
            Assert.Equal(AnnounceStep.Wait, _schedule.GetStep(now));
            pauses.Add((_schedule.NextTimeout - now).TotalSeconds);
            now = _schedule.NextTimeout;
            Assert.Equal(AnnounceStep.Refresh, _schedule.GetStep(now));
        }

        Assert.Equal([3, 6, 12, 24, 48, 60, 60], pauses);
        Assert.Equal(Relays(1), _schedule.Relays);

        _schedule.HandleRefreshed(now, Relays(2));
        Assert.Equal(now + AnnounceSchedule.PingPeriod, _schedule.NextTimeout);
        _schedule.HandleRefreshed(now, []);
        Assert.Equal(now + (3 * Second), _schedule.NextTimeout);
    }

    [Fact]
    public void Refresh_AskedFor_IsNext()
    {
        _schedule.HandleRefreshed(default, Relays(1));
        _schedule.Refresh(Second);

        Assert.Equal(AnnounceStep.Refresh, _schedule.GetStep(Second));
    }

    private static UdpEndPoint EndPoint(byte number) => new(0x0a000000u + number, 1000);

    private static RelayInfo[] Relays(params byte[] numbers) =>
        [.. numbers.Select(n => new RelayInfo(EndPoint(n), EndPoint(100)))];
}
