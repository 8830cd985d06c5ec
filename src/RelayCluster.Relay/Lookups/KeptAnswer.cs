using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>An answer that is kept.</summary>
/// <param name="Topic">About which topic.</param>
/// <param name="Answer">The answer, whole.</param>
/// <param name="Since">When it was.</param>
internal sealed record KeptAnswer(Fixed32 Topic, SharedAnswer Answer, TimeSpan Since);
