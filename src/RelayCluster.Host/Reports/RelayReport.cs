namespace RelayCluster.Host.Reports;

/// <summary>The relay was lost, or found again.</summary>
/// <param name="Relay">Its address.</param>
/// <param name="Connected">Whether it is there now.</param>
/// <param name="Reason">Why it was lost.</param>
internal sealed record RelayReport(string Relay, bool Connected, string? Reason) : Report
{
    public override string FormatRemark() =>
        Connected ? $"{Relay} is back" : $"{Relay} is lost, trying to get it back: {Reason}";
}
