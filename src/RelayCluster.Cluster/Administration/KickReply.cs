namespace RelayCluster.Cluster.Administration;

/// <summary>Whether a session was closed.</summary>
/// <param name="IsFound">False: there was none of that name.</param>
internal sealed record KickReply(bool IsFound);
