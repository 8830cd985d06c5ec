using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>An announcement was taken back.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="PublicKey">Who is not found under it any more.</param>
internal sealed record UnannouncedReport(Fixed32 Topic, Fixed32 PublicKey) : Report
{
    public override string FormatRemark() => $"{PublicKey} is no longer announced";
}
