using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Tests.Configuration;

public sealed class EnvironmentLayerTests
{
    [Theory]
    [InlineData("RELAY_LIMITS__HANDSHAKE_TIMEOUT")]
    [InlineData("RELAY_LIMITS_HANDSHAKE_TIMEOUT")]
    public void Dots_are_two_underscores_or_one(string name)
    {
        ServeOptions options = new Layers { Environment = new() { [name] = "7s" } }.Read();
        Assert.Equal(TimeSpan.FromSeconds(7), options.Limits.HandshakeTimeout);
    }

    [Fact]
    public void Every_option_has_a_variable_of_its_own() =>
        Assert.Equal(
            ServeSettings.All.Count,
            ServeSettings.All
                .Select(setting => setting.EnvironmentVariable.Replace("__", "_", StringComparison.Ordinal))
                .Distinct()
                .Count());

    [Fact]
    public void A_variable_that_is_nearly_an_option_is_a_fault() =>
        Assert.Equal(
            ["RELAY_WS_PROT: there is no such option; RELAY_WS_PORT is one"],
            new Layers { Environment = new() { ["RELAY_WS_PROT"] = "1" } }.Fail());

    [Theory]
    [InlineData("RELAY_SERVICE_HOST")]
    [InlineData("RELAY_PORT_49443_TCP_ADDR")]
    [InlineData("RELAY_PORT")]
    [InlineData("PATH")]
    public void Other_variables_are_left_alone(string name) =>
        new Layers { Environment = new() { [name] = "tcp://10.0.0.1:49443" } }.Read();

    [Fact]
    public void An_empty_variable_is_not_set() =>
        Assert.Equal(49443, new Layers { Environment = new() { ["RELAY_WS_PORT"] = "" } }.Read().WsPort);
}
