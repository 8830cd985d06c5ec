using RelayCluster.Actors;
using RelayCluster.Relay.Servers;
using RelayCluster.Relay.Streams;

namespace RelayCluster.Relay.Administration;

/// <summary>What a session knows by itself, and whom to ask for the rest.</summary>
/// <param name="Session">The session.</param>
/// <param name="Servers">Some or all of its servers.</param>
/// <param name="Streams">Some or all of its streams.</param>
/// <param name="Queries">Some or all of its queries.</param>
internal sealed record SessionParts(
    SessionSummary Session,
    IReadOnlyList<ActorRef<ServerMessage>> Servers,
    IReadOnlyList<ActorRef<StreamMessage>> Streams,
    IReadOnlyList<QuerySummary> Queries);
