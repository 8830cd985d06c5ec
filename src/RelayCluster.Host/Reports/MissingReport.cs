namespace RelayCluster.Host.Reports;

/// <summary>A node could not be asked; what it has is missing.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Message">Why.</param>
internal sealed record MissingReport(string Node, string Message) : Report
{
    public override string FormatRemark() => $"nothing is known of {Node}: {Message}";
}
