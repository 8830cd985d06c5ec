using RelayCluster.Protocol.Messages;

namespace RelayCluster.Relay.Buffers;

/// <summary>What one stream has for the client, in its order. It belongs to the outbox's lock.</summary>
internal sealed class OutboxLane(long mark)
{
    /// <summary>What lies in the lane; its stream reads its peer only while it is open.</summary>
    public Gate Gate { get; } = new(mark);

    internal Queue<RelayMessage> Messages { get; } = new();
}
