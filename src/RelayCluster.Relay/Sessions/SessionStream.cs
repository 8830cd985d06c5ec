using RelayCluster.Actors;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Streams;

namespace RelayCluster.Relay.Sessions;

/// <summary>What a session knows of one of its streams.</summary>
/// <param name="Actor">The stream.</param>
/// <param name="ToPeer">The bytes that wait for the stream's peer.</param>
internal readonly record struct SessionStream(ActorRef<StreamMessage> Actor, Gate ToPeer);
