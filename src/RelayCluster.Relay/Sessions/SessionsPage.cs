using RelayCluster.Actors;

namespace RelayCluster.Relay.Sessions;

/// <summary>Some sessions, in the order in which they came.</summary>
/// <param name="Sessions">The sessions; none: there are no more.</param>
/// <param name="Last">The number of the last of them.</param>
internal sealed record SessionsPage(IReadOnlyList<ActorRef<SessionMessage>> Sessions, long Last);
