using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>A server can be found on the DHT.</summary>
/// <param name="PublicKey">What others connect to.</param>
/// <param name="Forward">Where its connections go; null for the standard streams.</param>
internal sealed record ListeningReport(Fixed32 PublicKey, string? Forward) : Report
{
    public override string FormatResult() => PublicKey.ToString();
}
