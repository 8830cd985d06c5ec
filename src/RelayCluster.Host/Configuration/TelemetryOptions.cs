namespace RelayCluster.Host.Configuration;

/// <summary>Where figures and traces are sent, beside <c>/metrics</c>, which is asked for them.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>The collector that takes OTLP over HTTP; empty for none.</summary>
    public string Otlp { get; set; } = "";

    /// <summary>How often the collector gets the figures.</summary>
    [Between("1s", "1h")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);
}
