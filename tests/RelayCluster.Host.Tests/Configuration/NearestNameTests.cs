using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Tests.Configuration;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["ws-port", "tcp-port", "host", "dht.host"];

    [Theory]
    [InlineData("ws-prot", "ws-port")]
    [InlineData("wsport", "ws-port")]
    [InlineData("tcp-ports", "tcp-port")]
    [InlineData("hots", "host")]
    [InlineData("colour", null)]
    [InlineData("h", null)]
    [InlineData("", null)]
    public void A_name_with_a_slip_or_two_is_recognised(string name, string? expected) =>
        Assert.Equal(expected, NearestName.Find(name, Names));
}
