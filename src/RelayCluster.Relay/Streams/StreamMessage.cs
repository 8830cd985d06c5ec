using RelayCluster.Actors;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Administration;

namespace RelayCluster.Relay.Streams;

/// <summary>What a stream is told. By value, because each data message is one.</summary>
/// <param name="FromClient">
/// Connected, data, end or destroy; null: see whether the peer has stalled, or the client has not answered.
/// </param>
/// <param name="Asker">Who asks how the stream is; then it is nothing else.</param>
internal readonly record struct StreamMessage(RelayMessage? FromClient, ActorRef<StreamSummary?>? Asker = null);
