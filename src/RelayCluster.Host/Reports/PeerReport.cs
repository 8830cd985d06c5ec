using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>A lookup found somebody, for the first time.</summary>
/// <param name="PublicKey">Who announced the topic.</param>
/// <param name="RelayAddresses">The nodes that relay handshakes to it, as far as it told.</param>
/// <param name="From">The node that told.</param>
internal sealed record PeerReport(Fixed32 PublicKey, IReadOnlyList<IPEndPoint> RelayAddresses, IPEndPoint From) : Report
{
    public override string FormatResult() => PublicKey.ToString();
}
