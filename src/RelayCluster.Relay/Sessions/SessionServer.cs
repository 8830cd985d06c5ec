using RelayCluster.Actors;
using RelayCluster.Relay.Servers;

namespace RelayCluster.Relay.Sessions;

/// <summary>A server as its session knows it.</summary>
/// <param name="Actor">Who listens.</param>
/// <param name="Key">Its hold on its key.</param>
internal readonly record struct SessionServer(ActorRef<ServerMessage> Actor, KeyHold Key);
