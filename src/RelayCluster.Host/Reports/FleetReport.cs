using RelayCluster.Cluster.Administration;

namespace RelayCluster.Host.Reports;

/// <summary>The fleet at one instant.</summary>
/// <param name="At">When.</param>
/// <param name="Members">Its nodes.</param>
internal sealed record FleetReport(DateTimeOffset At, IReadOnlyList<MemberSummary> Members) : Report
{
    public override string FormatResult() =>
        $"{At.UtcDateTime:u}{Environment.NewLine}{MemberReport.Layout.Write(Rows)}";

    /// <summary>The nodes as rows of a table.</summary>
    public IEnumerable<MemberReport> Rows => Members.Select(member => new MemberReport(member));
}
