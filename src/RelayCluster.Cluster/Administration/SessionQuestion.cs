namespace RelayCluster.Cluster.Administration;

/// <summary>Asks for one session.</summary>
/// <param name="Id">Its name.</param>
internal sealed record SessionQuestion(string Id);
