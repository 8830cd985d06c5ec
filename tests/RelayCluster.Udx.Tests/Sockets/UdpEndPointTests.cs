using System.Net;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Udx.Tests.Sockets;

public sealed class UdpEndPointTests
{
    [Fact]
    public void It_converts_both_ways()
    {
        var endPoint = new IPEndPoint(IPAddress.Parse("192.168.1.5"), 49737);

        var value = new UdpEndPoint(endPoint);

        Assert.Equal(0xc0a80105u, value.Address);
        Assert.Equal(endPoint, value.ToIPEndPoint());
        Assert.Equal("192.168.1.5:49737", value.ToString());
        Assert.Equal(value, UdpEndPoint.Parse("192.168.1.5:49737"));
    }

    [Fact]
    public void A_mapped_address_is_taken_and_an_ipv6_one_refused()
    {
        var mapped = new IPEndPoint(IPAddress.Parse("::ffff:10.0.0.1"), 1);
        Assert.Equal(UdpEndPoint.Parse("10.0.0.1:1"), new UdpEndPoint(mapped));
        Assert.Throws<ArgumentException>(() => new UdpEndPoint(new IPEndPoint(IPAddress.IPv6Loopback, 1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("[::1]:1")]
    [InlineData("host:1")]
    public void Other_texts_are_refused(string text)
    {
        Assert.False(UdpEndPoint.TryParse(text, out _));
        Assert.Throws<FormatException>(() => UdpEndPoint.Parse(text));
    }
}
