using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Either side: the answer to a ping.</summary>
public sealed record PongMessage : RelayMessage
{
    /// <summary>It has no fields, so one is enough.</summary>
    public static PongMessage Instance { get; } = new();

    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Pong;

    internal override int GetEncodedSize() => 0;

    internal override void Write(ref CompactWriter writer)
    {
    }
}
