using System.Globalization;

namespace RelayCluster.Host.Reports;

/// <summary>A node's share of a region's keys.</summary>
/// <param name="Region">The region.</param>
/// <param name="Node">The node.</param>
/// <param name="Weight">Its weight beside the others.</param>
/// <param name="Share">What part of the keys it has, 0 to 1.</param>
internal sealed record ShardReport(string Region, string Node, int Weight, double Share) : Report
{
    public static readonly TableLayout<ShardReport> Layout = new(
        new("REGION", row => row.Region),
        new("NODE", row => row.Node),
        new("WEIGHT", row => row.Weight),
        new("SHARE", row => row.Share.ToString("0 %", CultureInfo.InvariantCulture), IsNumber: true));
}
