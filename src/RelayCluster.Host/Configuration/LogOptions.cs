namespace RelayCluster.Host.Configuration;

/// <summary>What is logged to standard output, and how.</summary>
internal sealed class LogOptions
{
    /// <summary>The least level that is logged.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Lines for people, or lines of JSON.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}
