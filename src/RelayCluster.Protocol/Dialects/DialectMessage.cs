using RelayCluster.Protocol.Messages;

namespace RelayCluster.Protocol.Dialects;

/// <summary>A message as it lies in the frame that was handed in last: its type, and where its body is.</summary>
internal readonly record struct DialectMessage(RelayMessageType Type, int Offset, int Length);
