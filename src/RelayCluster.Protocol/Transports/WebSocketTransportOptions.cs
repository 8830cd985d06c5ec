namespace RelayCluster.Protocol.Transports;

/// <summary>How a WebSocket carries frames.</summary>
public sealed record WebSocketTransportOptions
{
    /// <summary>
    /// The longest frame taken from the other side, in bytes: 1024 or more. Default: 64 MiB. A client puts everything
    /// that was written to a stream in one turn into one frame, so this is how much a program may write without
    /// waiting. The memory is taken as the bytes come, not ahead of them.
    /// </summary>
    public int MaxFrameBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long an orderly close may take before the connection is cut. Default: 1 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
