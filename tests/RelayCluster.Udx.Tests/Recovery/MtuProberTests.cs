using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Tests.Recovery;

public sealed class MtuProberTests
{
    private readonly MtuProber _prober = new();

    [Fact]
    public void Nothing_is_probed_before_the_path_has_answered()
    {
        Assert.Equal(0, _prober.WantedPadding);

        _prober.OnAcked();

        Assert.Equal(32, _prober.WantedPadding);
    }

    [Fact]
    public void Acknowledged_probes_lead_up_to_the_largest_size()
    {
        _prober.OnAcked();
        for (int i = 0; i < 10; i++)
        {
            _prober.OnProbeSent();
            Assert.Equal(0, _prober.WantedPadding);
            _prober.OnProbeAcked();
        }

        Assert.Equal(MtuProber.MaxMtu - MtuProber.NetworkHeaderBytes, _prober.DatagramBytes);
        Assert.Equal(0, _prober.WantedPadding);
    }

    [Fact]
    public void Three_lost_probes_end_the_search()
    {
        _prober.OnAcked();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(32, _prober.WantedPadding);
            _prober.OnProbeSent();
            _prober.OnProbeLost();
        }

        Assert.Equal(0, _prober.WantedPadding);
        Assert.Equal(MtuProber.BaseMtu - MtuProber.NetworkHeaderBytes, _prober.DatagramBytes);
    }

    [Fact]
    public void A_new_path_is_searched_anew()
    {
        _prober.OnAcked();
        _prober.OnProbeSent();
        _prober.OnProbeAcked();

        _prober.Reset();

        Assert.Equal(MtuProber.BaseMtu - MtuProber.NetworkHeaderBytes, _prober.DatagramBytes);
        Assert.Equal(0, _prober.WantedPadding);
    }
}
