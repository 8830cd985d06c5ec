using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Punching;

public sealed class ProbeScheduleTests
{
    private static readonly UdpEndPoint Verified = UdpEndPoint.Parse("6.6.6.6:6");
    private static readonly UdpEndPoint Other = UdpEndPoint.Parse("9.9.9.9:9");
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(5);

    [Fact]
    public void OnePort_VerifiedAddressesEachSecondTenTimes_OthersEveryFourthTime()
    {
        Dictionary<TimeSpan, UdpEndPoint[]> sent = Run(new PunchTarget(IsRandom: false, [Verified], [Other]));

        Assert.Equal(Enumerable.Range(0, 10).Select(i => Start + TimeSpan.FromSeconds(i)), sent.Keys.Order());
        Assert.All(sent.Values, probes => Assert.Equal(Verified, probes[0]));
        Assert.Equal(
            [Start + TimeSpan.FromSeconds(3), Start + TimeSpan.FromSeconds(7)],
            sent.Where(s => s.Value.Contains(Other)).Select(s => s.Key).Order());
    }

    [Fact]
    public void RandomPorts_GuessesPortsOfTheVerifiedHostForHalfAMinute()
    {
        Dictionary<TimeSpan, UdpEndPoint[]> sent = Run(new PunchTarget(IsRandom: true, [Verified], [Other]));

        Assert.Equal(1750, sent.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(1749 * 20), sent.Keys.Max() - sent.Keys.Min());
        UdpEndPoint[] probes = [.. sent.Values.SelectMany(p => p)];
        Assert.All(probes, p => Assert.Equal(Verified.Address, p.Address));
        Assert.All(probes, p => Assert.InRange(p.Port, 1000, ushort.MaxValue));
        Assert.True(probes.Distinct().Count() > 1500, "the guesses differ");
    }

    [Fact]
    public void HandleTimeout_BeforeItIsDue_DoesNothing()
    {
        var schedule = new ProbeSchedule(Start, new PunchTarget(IsRandom: false, [Verified], []), seed: 1);

        schedule.HandleTimeout(Start - TimeSpan.FromTicks(1));

        Assert.False(schedule.TryTakeProbe(out _));
        Assert.Equal(Start, schedule.NextTimeout);
    }

    private static Dictionary<TimeSpan, UdpEndPoint[]> Run(PunchTarget target)
    {
        var schedule = new ProbeSchedule(Start, target, seed: 1);
        var sent = new Dictionary<TimeSpan, UdpEndPoint[]>();
        while (schedule.NextTimeout is { } now)
        {
            schedule.HandleTimeout(now);
            var probes = new List<UdpEndPoint>();
            while (schedule.TryTakeProbe(out UdpEndPoint to))
            {
                probes.Add(to);
            }

            if (probes.Count > 0)
            {
                sent.Add(now, [.. probes]);
            }
        }

        return sent;
    }
}
