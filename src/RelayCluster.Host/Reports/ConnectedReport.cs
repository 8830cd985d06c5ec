using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>A connection over the DHT is open.</summary>
/// <param name="Connection">Its number, from 1, to know it again.</param>
/// <param name="PublicKey">This side.</param>
/// <param name="RemotePublicKey">The other side.</param>
internal sealed record ConnectedReport(int Connection, Fixed32 PublicKey, Fixed32 RemotePublicKey) : Report
{
    public override string FormatRemark() => $"connection {Connection}: open, with {RemotePublicKey}";
}
