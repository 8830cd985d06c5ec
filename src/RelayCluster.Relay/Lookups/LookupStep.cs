namespace RelayCluster.Relay.Lookups;

/// <summary>What happens to a <see cref="LookupActor"/>: its query is over, or nobody wants it.</summary>
/// <param name="IsAbandoned">Whether nobody wants it; otherwise it is over.</param>
/// <param name="Failure">What it failed at, if it did.</param>
internal readonly record struct LookupStep(bool IsAbandoned, Exception? Failure);
