namespace RelayCluster.Wire.Protomux;

/// <summary>What the other side may make a muxer hold.</summary>
public sealed record MuxOptions
{
    /// <summary>
    /// How many channels the other side may have at once, 1 or more. Default: 256; real peers have a few.
    /// </summary>
    public int MaxRemoteChannels { get; init; } = 256;

    /// <summary>How many open requests may wait for an answer at once, 1 or more. Default: 64.</summary>
    public int MaxPendingRequests { get; init; } = 64;

    /// <summary>
    /// How many bytes may wait behind unanswered requests in all, 0 or more. Default: 32768, where the reference begins
    /// to pause its stream.
    /// </summary>
    public int MaxPendingBytes { get; init; } = 32768;

    /// <summary>The longest protocol name and the longest channel id, in bytes. Default: 1024.</summary>
    public int MaxNameBytes { get; init; } = 1024;

    /// <summary>
    /// A batch is closed and a new one begun at this length in bytes. Default: 8 MiB, the reference's.
    /// </summary>
    public int MaxBatchBytes { get; init; } = 8 * 1024 * 1024;
}
