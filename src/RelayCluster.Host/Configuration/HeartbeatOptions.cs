namespace RelayCluster.Host.Configuration;

/// <summary>How a client that is gone is found out.</summary>
internal sealed class HeartbeatOptions
{
    /// <summary>How often a session is pinged.</summary>
    [Between("1s", "5m")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A session that is silent for so long is closed.</summary>
    [Between("1s", "1h")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(45);
}
