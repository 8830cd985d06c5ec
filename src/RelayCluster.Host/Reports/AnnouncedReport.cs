using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>A topic was announced, for the first time or anew.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="PublicKey">Who is found under it.</param>
internal sealed record AnnouncedReport(Fixed32 Topic, Fixed32 PublicKey) : Report
{
    /// <summary>Told once; that it was announced anew is no news.</summary>
    public override string? FormatResult() => IsFirst ? PublicKey.ToString() : null;

    /// <summary>Whether it had not been announced before.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFirst { get; init; }
}
