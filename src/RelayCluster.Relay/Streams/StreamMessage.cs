using RelayCluster.Protocol.Messages;

namespace RelayCluster.Relay.Streams;

/// <summary>What a stream is told. By value, because each data message is one.</summary>
/// <param name="FromClient">
/// Connected, data, end or destroy; null: see whether the peer has stalled, or the client has not answered.
/// </param>
internal readonly record struct StreamMessage(RelayMessage? FromClient);
