namespace RelayCluster.Cluster.Administration;

/// <summary>Has a session closed.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Reason">A line for its client.</param>
internal sealed record KickOrder(string Id, string Reason);
