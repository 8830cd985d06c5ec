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
}
