namespace RelayCluster.Host.Reports;

/// <summary>A connection over the DHT is over.</summary>
/// <param name="Connection">Its number.</param>
/// <param name="Sent">How many bytes went to the other side.</param>
/// <param name="Received">How many bytes came from it.</param>
/// <param name="Reason">Why it broke off; null if both sides ended it.</param>
internal sealed record ClosedReport(int Connection, long Sent, long Received, string? Reason) : Report
{
    public override string FormatRemark() =>
        $"connection {Connection}: {Reason ?? "ended"}; " +
        $"{ByteCount.Format(Sent)} sent, {ByteCount.Format(Received)} received";
}
