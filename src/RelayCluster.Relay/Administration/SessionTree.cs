namespace RelayCluster.Relay.Administration;

/// <summary>A session and all that works for it.</summary>
/// <param name="Session">The session.</param>
/// <param name="Servers">Its servers.</param>
/// <param name="Streams">Its streams.</param>
/// <param name="Queries">Its queries.</param>
/// <param name="IsWhole">False: it has more than are listed here.</param>
public sealed record SessionTree(
    SessionSummary Session,
    IReadOnlyList<ServerSummary> Servers,
    IReadOnlyList<StreamSummary> Streams,
    IReadOnlyList<QuerySummary> Queries,
    bool IsWhole);
