namespace RelayCluster.Wire.Protomux.Generation2;

/// <summary>The protocol that is to be added.</summary>
public sealed record MuxProtocolOptions
{
    /// <summary>The protocol's name, such as <c>@web4/dht-relay</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The protocol's version; 0.0 where it has none.</summary>
    public ProtocolVersion Version { get; init; }

    /// <summary>How many message types the protocol has; messages of higher ones are dropped.</summary>
    public required int MessageTypes { get; init; }
}
