using RelayCluster.Wire;

namespace RelayCluster.Relay.Administration;

/// <summary>A server of a session.</summary>
/// <param name="Alias">The client's number of it, as in logs.</param>
/// <param name="PublicKey">What it listens on.</param>
/// <param name="IsListening">False: it is still being announced.</param>
/// <param name="Age">How long ago the client asked for it.</param>
/// <param name="Accepted">How many connections came through it so far.</param>
public sealed record ServerSummary(uint Alias, Fixed32 PublicKey, bool IsListening, TimeSpan Age, long Accepted);
