using System.Globalization;
using RelayCluster.Cluster.Administration;

namespace RelayCluster.Host.Reports;

/// <summary>A node of the fleet.</summary>
/// <param name="Member">The node.</param>
internal sealed record MemberReport(MemberSummary Member) : Report
{
    public static readonly TableLayout<MemberReport> Layout = new(
        new("NODE", row => row.Member.Name + (row.Member.IsSelf ? " *" : "")),
        new("STATE", row => row.Member.State.ToString().ToLowerInvariant()),
        new("VERSION", row => row.Member.Version),
        new("SESSIONS", row => row.Member.Load.Sessions),
        new("STREAMS", row => row.Member.Load.Streams),
        new("SERVERS", row => row.Member.Load.Servers),
        new("QUERIES", row => row.Member.Load.Queries),
        new("RATE", row => $"{ByteCount.Format((long)row.Member.Load.BytesPerSecond)}/s", IsNumber: true),
        new("LOAD", row => row.Member.Load.Load.ToString("0 %", CultureInfo.InvariantCulture), IsNumber: true),
        new("ADDRESSES", row => string.Join(' ', row.Member.Addresses)));
}
