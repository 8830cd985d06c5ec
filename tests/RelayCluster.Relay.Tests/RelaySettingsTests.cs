namespace RelayCluster.Relay.Tests;

public sealed class RelaySettingsTests
{
    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        var settings = new RelaySettings(new RelayOptions());
        Assert.Equal(TimeSpan.FromSeconds(15), settings.HeartbeatInterval);
        Assert.Equal(TimeSpan.FromSeconds(45), settings.SilenceTimeout);
        Assert.Equal(256 * 1024, settings.StreamBytesEachWay);
        Assert.Equal(2 * 1024 * 1024, settings.SessionBytesEachWay);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var options = new RelayOptions { MaxStreams = 0, HeartbeatInterval = TimeSpan.Zero };
        var exception = Assert.Throws<ArgumentException>(() => new RelaySettings(options));
        Assert.Contains(nameof(RelayOptions.MaxStreams), exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(RelayOptions.HeartbeatInterval), exception.Message, StringComparison.Ordinal);
    }
}
