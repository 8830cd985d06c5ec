using RelayCluster.Relay.Administration;
using Spectre.Console;

namespace RelayCluster.Host.Reports;

/// <summary>A session with all that works for it.</summary>
/// <param name="Session">The session.</param>
/// <param name="Servers">Its servers.</param>
/// <param name="Streams">Its streams.</param>
/// <param name="Queries">Its queries.</param>
/// <param name="IsWhole">False: it has more than are listed here.</param>
internal sealed record SessionTreeReport(
    SessionSummary Session,
    IReadOnlyList<ServerSummary> Servers,
    IReadOnlyList<StreamSummary> Streams,
    IReadOnlyList<QuerySummary> Queries,
    bool IsWhole) : Report
{
    public override string FormatResult()
    {
        var tree = new Tree(Markup.Escape(
            $"{Session.Id}  {Session.Client}  {Session.Transport.ToString().ToLowerInvariant()}  "
            + $"{SessionReport.Custody(Session)}  since {Session.Since.UtcDateTime:u}  "
            + Traffic(Session.BytesToPeers, Session.BytesToClient)));
        Add(tree, "servers", Session.Servers, Servers.Select(server =>
            $"{server.Alias}  {server.PublicKey}  {(server.IsListening ? "listening" : "announcing")}  "
            + $"{Age.Format(server.Age)}  {server.Accepted} accepted"));
        Add(tree, "streams", Session.Streams, Streams.Select(stream =>
            $"{stream.Alias}  {Arrow(stream.Direction)} {stream.PeerKey}  {(stream.IsOpen ? "open" : "dialling")}  "
            + $"{Age.Format(stream.Age)}  {Traffic(stream.BytesToPeer, stream.BytesToClient)}"));
        Add(tree, "queries", Session.Queries, Queries.Select(query =>
            $"{query.Id}  {query.Kind}  {query.Topic}  {Age.Format(query.Age)}"));
        return PlainText.Of(tree);
    }

    public override string? FormatRemark() => IsWhole ? null : "the session has more than is shown here";

    private static string Arrow(StreamDirection direction) => direction == StreamDirection.Dialled ? "to" : "from";

    private static string Traffic(long toPeer, long toClient) =>
        $"{ByteCount.Format(toPeer)} up  {ByteCount.Format(toClient)} down";

    private static void Add(Tree tree, string kind, int count, IEnumerable<string> parts)
    {
        TreeNode node = tree.AddNode(Markup.Escape($"{kind}: {count}"));
        foreach (string part in parts)
        {
            node.AddNode(Markup.Escape(part));
        }
    }
}
