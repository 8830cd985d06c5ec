using System.Text.Json;
using RelayCluster.Dht.Rpc.Answers;
using RelayCluster.Udx.Sockets;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc.Answers;

public class TokenSecretsTests
{
    private static readonly UdpEndPoint Host = UdpEndPoint.Parse("10.0.0.1:49737");
    private static readonly Fixed32 Old = new([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly Fixed32 New = new([.. Enumerable.Repeat((byte)2, 32)]);

    [Fact]
    public void Tokens_are_those_of_the_reference()
    {
        foreach (JsonElement vector in VectorFile.Load("dht-rpc.json").Where("kind", "token"))
        {
            var secrets = new TokenSecrets(TimeSpan.Zero, default, vector.Fixed32("secret"));
            var host = UdpEndPoint.Parse(vector.GetProperty("host").GetString() + ":1");

            Assert.Equal(vector.Fixed32("hex"), secrets.Issue(TimeSpan.Zero, host));
        }
    }

    [Fact]
    public void A_token_is_valid_for_its_host_whatever_the_port()
    {
        var secrets = new TokenSecrets(TimeSpan.Zero, Old, New);
        Fixed32 token = secrets.Issue(TimeSpan.Zero, Host);

        Assert.True(secrets.IsValid(TimeSpan.Zero, new UdpEndPoint(Host.Address, 1), token));
        Assert.False(secrets.IsValid(TimeSpan.Zero, new UdpEndPoint(Host.Address + 1, Host.Port), token));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(7.4, true)]
    [InlineData(14.9, true)]
    [InlineData(15, false)]
    [InlineData(16, false)]
    [InlineData(1000, false)]
    public void A_token_lives_for_two_periods(double seconds, bool isValid)
    {
        var secrets = new TokenSecrets(TimeSpan.Zero, Old, New);
        Fixed32 token = secrets.Issue(TimeSpan.Zero, Host);

        Assert.Equal(isValid, secrets.IsValid(TimeSpan.FromSeconds(seconds), Host, token));
    }

    [Fact]
    public void Rotation_goes_on_over_a_long_time()
    {
        var secrets = new TokenSecrets(TimeSpan.Zero, Old, New);
        HashSet<Fixed32> issued = [];
        for (TimeSpan now = TimeSpan.Zero; now < TimeSpan.FromHours(1); now += TokenSecrets.RotationPeriod)
        {
            Fixed32 token = secrets.Issue(now, Host);
            Assert.True(issued.Add(token), $"the token of {now} was issued before");
            Assert.True(secrets.IsValid(now + TokenSecrets.RotationPeriod - TimeSpan.FromTicks(1), Host, token));
        }
    }
}
