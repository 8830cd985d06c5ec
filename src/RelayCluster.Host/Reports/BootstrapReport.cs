using System.Net;

namespace RelayCluster.Host.Reports;

/// <summary>A bootstrap node is up.</summary>
/// <param name="Address">What others take as <c>--bootstrap</c>.</param>
internal sealed record BootstrapReport(IPEndPoint Address) : Report
{
    public override string FormatResult() => Address.ToString();
}
