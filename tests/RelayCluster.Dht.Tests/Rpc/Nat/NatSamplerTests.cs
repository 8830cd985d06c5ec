using RelayCluster.Dht.Rpc.Nat;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Rpc.Nat;

public class NatSamplerTests
{
    private static readonly UdpEndPoint Home = UdpEndPoint.Parse("203.0.113.9:40001");
    private static readonly UdpEndPoint Liar = UdpEndPoint.Parse("198.51.100.1:1");
    private readonly NatSampler _sampler = new();

    [Fact]
    public void Nothing_is_known_before_the_first_witness()
    {
        Assert.Null(_sampler.Consensus);
        Assert.Equal(NatKind.Unknown, _sampler.Kind);
    }

    [Fact]
    public void One_witness_is_believed()
    {
        Assert.True(_sampler.Add(Home));
        Assert.Equal(Home, _sampler.Consensus);
        Assert.Equal(NatKind.Consistent, _sampler.Kind);
    }

    [Fact]
    public void Of_few_all_must_agree()
    {
        _sampler.Add(Home);
        _sampler.Add(Home);

        Assert.True(_sampler.Add(Liar));
        Assert.Null(_sampler.Consensus);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(8, 2)]
    [InlineData(12, 3)]
    [InlineData(16, 3)]
    public void Of_more_some_may_disagree(int samples, int liars)
    {
        for (int i = 0; i < samples; i++)
        {
            _sampler.Add(i < liars ? Liar : Home);
        }

        Assert.Equal(Home, _sampler.Consensus);

        for (int i = 0; i < liars + 1; i++)
        {
            _sampler.Add(Liar);
        }

        Assert.Null(_sampler.Consensus);
    }

    [Fact]
    public void Different_ports_of_one_address_are_a_random_nat()
    {
        for (ushort port = 1; port <= 10; port++)
        {
            _sampler.Add(new UdpEndPoint(Home.Address, port));
        }

        Assert.Equal(new UdpEndPoint(Home.Address, 0), _sampler.Consensus);
        Assert.Equal(NatKind.Random, _sampler.Kind);
    }

    [Fact]
    public void A_new_address_is_believed_when_the_old_samples_are_forgotten()
    {
        for (int i = 0; i < 100; i++)
        {
            _sampler.Add(Home);
        }

        int changes = 0;
        for (int i = 0; i < 16; i++)
        {
            changes += _sampler.Add(Liar) ? 1 : 0;
        }

        Assert.Equal(Liar, _sampler.Consensus);
        Assert.Equal(2, changes);
    }
}
