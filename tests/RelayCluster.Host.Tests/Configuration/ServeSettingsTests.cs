using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Tests.Configuration;

public sealed class ServeSettingsTests
{
    [Fact]
    public void Keys_are_the_properties_in_lower_case_with_hyphens()
    {
        string[] keys = [.. ServeSettings.All.Select(setting => setting.Key)];

        Assert.Contains("ws-port", keys);
        Assert.Contains("limits.handshake-timeout", keys);
        Assert.Contains("buffers.session", keys);
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void The_description_has_every_option_in_one_line()
    {
        string line = ServeSettings.Describe(new ServeOptions());

        Assert.DoesNotContain('\n', line);
        Assert.Contains("ws-port=49443 ", line, StringComparison.Ordinal);
        Assert.Contains("buffers.stream=1MiB ", line, StringComparison.Ordinal);
        Assert.Contains("heartbeat.interval=15s ", line, StringComparison.Ordinal);
        Assert.All(ServeSettings.All, setting => Assert.Contains($"{setting.Key}=", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("amqp://relay:geheim@broker:5673/fleet", "amqp://relay:***@broker:5673/fleet")]
    [InlineData("amqps://relay:ge%20heim@broker", "amqps://relay:***@broker")]
    [InlineData("amqp://broker:5673", "amqp://broker:5673")]
    public void The_description_has_no_password(string uri, string shown)
    {
        ServeOptions options = new Layers { File = $"relay.cluster.rabbitmq = \"{uri}\"" }.Read();

        Assert.Contains($" cluster.rabbitmq={shown} ", ServeSettings.Describe(options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ampq://relay:geheim@broker")]
    [InlineData("amqp://relay:geheim@")]
    [InlineData("amqp:geheim")]
    [InlineData("geheim")]
    public void A_wrong_secret_is_not_repeated(string uri)
    {
        string fault = Assert.Single(new Layers { File = $"relay.cluster.rabbitmq = \"{uri}\"" }.Fail());

        Assert.Contains("cluster.rabbitmq: expected the address of a broker", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", fault, StringComparison.Ordinal);
    }
}
