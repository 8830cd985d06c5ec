using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>A lookup whose actor lives.</summary>
/// <param name="Topic">Of which topic.</param>
/// <param name="Answer">What those who ask read.</param>
/// <param name="Since">When it was begun.</param>
internal sealed record LookupUnderWay(Fixed32 Topic, SharedAnswer Answer, TimeSpan Since);
