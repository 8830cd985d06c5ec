using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Either side: answer me.</summary>
public sealed record PingMessage : RelayMessage
{
    /// <summary>It has no fields, so one is enough.</summary>
    public static PingMessage Instance { get; } = new();

    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Ping;

    internal override int GetEncodedSize() => 0;

    internal override void Write(ref CompactWriter writer)
    {
    }
}
