namespace RelayCluster.Wire.Protomux;

/// <summary>The channel that is to be opened.</summary>
public sealed record MuxChannelOptions
{
    /// <summary>The protocol's name, such as <c>@hyperswarm/dht-relay</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Tells channels of one protocol apart; empty for none.</summary>
    public ReadOnlyMemory<byte> Id { get; init; }

    /// <summary>Other names under which the other side may open it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Goes out with the open, as the protocol encodes it.</summary>
    public ReadOnlyMemory<byte> Handshake { get; init; }

    /// <summary>How many message types the protocol has; messages of higher ones are dropped.</summary>
    public required int MessageTypes { get; init; }

    /// <summary>Whether a second channel of the same protocol and id is refused on this side. Default: true.</summary>
    public bool IsUnique { get; init; } = true;
}
