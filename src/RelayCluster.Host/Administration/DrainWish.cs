namespace RelayCluster.Host.Administration;

/// <summary>The body of a drain.</summary>
/// <param name="Timeout">How long the sessions may live; null: as the node is set up.</param>
internal sealed record DrainWish(TimeSpan? Timeout);
