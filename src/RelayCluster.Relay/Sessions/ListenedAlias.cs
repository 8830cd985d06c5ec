namespace RelayCluster.Relay.Sessions;

/// <summary>The two names of a server.</summary>
/// <param name="OfClient">What the client calls it.</param>
/// <param name="OfRelay">What the relay calls it.</param>
internal readonly record struct ListenedAlias(uint OfClient, uint OfRelay);
