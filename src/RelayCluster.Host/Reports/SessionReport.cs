using System.Globalization;
using RelayCluster.Relay.Administration;

namespace RelayCluster.Host.Reports;

/// <summary>A session.</summary>
/// <param name="Session">The session.</param>
/// <param name="Node">Where it lives.</param>
internal sealed record SessionReport(SessionSummary Session, string Node) : Report
{
    public static readonly TableLayout<SessionReport> Layout = new(
        new("SESSION", row => row.Session.Id),
        new("CLIENT", row => row.Session.Client),
        new("TRANSPORT", row => row.Session.Transport.ToString().ToLowerInvariant()),
        new("DIALECT", row => row.Session.Dialect?.ToString().ToLowerInvariant() ?? "-"),
        new("CUSTODY", row => Custody(row.Session)),
        new("SINCE", row => row.Session.Since.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)),
        new("STREAMS", row => row.Session.Streams),
        new("SERVERS", row => row.Session.Servers),
        new("QUERIES", row => row.Session.Queries),
        new("TO PEERS", row => ByteCount.Format(row.Session.BytesToPeers), IsNumber: true),
        new("TO CLIENT", row => ByteCount.Format(row.Session.BytesToClient), IsNumber: true));

    /// <summary>Who has the client's secret key, in a word.</summary>
    public static string Custody(SessionSummary session) => session.IsCustodial switch
    {
        true => "custodial",
        false => "noncustodial",
        null => "-",
    };
}
