using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>A lookup is over.</summary>
/// <param name="Topic">What was looked for.</param>
/// <param name="Peers">How many announced it.</param>
/// <param name="Replies">How many nodes knew some of them.</param>
internal sealed record FoundReport(Fixed32 Topic, int Peers, int Replies) : Report
{
    public override string? FormatRemark() => Peers == 0 ? "nobody has announced it" : null;
}
