using RelayCluster.Wire;

namespace RelayCluster.Relay.Administration;

/// <summary>A query of a session that is under way.</summary>
/// <param name="Id">The client's number of it, as in logs.</param>
/// <param name="Kind">lookup, announce or unannounce.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Age">How long it has been under way.</param>
public sealed record QuerySummary(uint Id, string Kind, Fixed32 Topic, TimeSpan Age);
