using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>A tunnel takes connections.</summary>
/// <param name="Address">Where local programs connect to.</param>
/// <param name="RemotePublicKey">Where they get to.</param>
internal sealed record TunnelReport(IPEndPoint Address, Fixed32 RemotePublicKey) : Report
{
    public override string FormatResult() => Address.ToString();
}
