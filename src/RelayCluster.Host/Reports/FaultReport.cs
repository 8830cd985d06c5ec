namespace RelayCluster.Host.Reports;

/// <summary>Something failed: the command, if it is the last line, or one thing that it did.</summary>
/// <param name="Message">What, and what would be right.</param>
internal sealed record FaultReport(string Message) : Report
{
    public override string FormatRemark() => Message;
}
