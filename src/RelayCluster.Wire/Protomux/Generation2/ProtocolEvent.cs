namespace RelayCluster.Wire.Protomux.Generation2;

/// <summary>One thing that a muxer has to tell. Payloads lie in the frame and are gone with it.</summary>
public readonly record struct ProtocolEvent
{
    /// <summary>What happened.</summary>
    public required MuxEventKind Kind { get; init; }

    /// <summary>Whose event it is; null for <see cref="MuxEventKind.OpenRequested"/>.</summary>
    public MuxProtocol? Protocol { get; init; }

    /// <summary>What the other side has added, with <see cref="MuxEventKind.OpenRequested"/>.</summary>
    public RemoteProtocol? Request { get; init; }

    /// <summary>The message's type, below the protocol's <see cref="MuxProtocolOptions.MessageTypes"/>.</summary>
    public int Type { get; init; }

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Where <see cref="Payload"/> starts in the frame.</summary>
    public int FrameOffset { get; init; }
}
