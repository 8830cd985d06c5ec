namespace RelayCluster.Host.Administration;

/// <summary>The body of a kick.</summary>
/// <param name="Reason">A line for the client; null for the usual one.</param>
internal sealed record KickWish(string? Reason);
