namespace RelayCluster.Host.Reports;

/// <summary>A session was closed.</summary>
/// <param name="Session">Its name.</param>
internal sealed record KickedReport(string Session) : Report
{
    public override string FormatRemark() => $"{Session} is closed";
}
