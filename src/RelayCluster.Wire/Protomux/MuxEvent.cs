namespace RelayCluster.Wire.Protomux;

/// <summary>One thing that a muxer has to tell. Payloads lie in the frame and are gone with it.</summary>
public readonly record struct MuxEvent
{
    /// <summary><see cref="FrameOffset"/> of a payload that came with an earlier frame.</summary>
    public const int NotInFrame = -1;

    /// <summary>What happened.</summary>
    public required MuxEventKind Kind { get; init; }

    /// <summary>Whose event it is; null for <see cref="MuxEventKind.OpenRequested"/>.</summary>
    public MuxChannel? Channel { get; init; }

    /// <summary>What the other side asks for, with <see cref="MuxEventKind.OpenRequested"/>.</summary>
    public MuxOpenRequest? Request { get; init; }

    /// <summary>The message's type, below the channel's <see cref="MuxChannelOptions.MessageTypes"/>.</summary>
    public int Type { get; init; }

    /// <summary>The message or the handshake.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>
    /// Where <see cref="Payload"/> starts in the frame that was handed in last, so that the frame's owner can pass on
    /// that part of it; <see cref="NotInFrame"/> if the payload was kept from an earlier frame.
    /// </summary>
    public int FrameOffset { get; init; }
}
