using RelayCluster.Protocol.Dialects;

namespace RelayCluster.Protocol.Channels;

/// <summary>How a relay channel speaks, and gathers what it sends.</summary>
public sealed record RelayChannelOptions
{
    /// <summary>
    /// What a client speaks. Default: the living dialect. A relay speaks what its client does, whatever this says.
    /// </summary>
    public RelayDialect Dialect { get; init; }

    /// <summary>
    /// How many bytes may wait to be sent before senders are made to wait, 1 or more. Default: 256 KiB, some round
    /// trips of a fast connection. A message under way may go beyond it by its own length.
    /// </summary>
    public int MaxUnsentBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// A frame of gathered messages is closed at this length in bytes. Default: 64 KiB: beyond that nothing is saved,
    /// and the other side sees the first message later.
    /// </summary>
    public int MaxBatchBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// How many bytes of pongs and of the muxer's own answers the other side may ask for without taking them, 1 or
    /// more. Default: 64 KiB, thousands of answers; who asks for more breaks the protocol.
    /// </summary>
    public int MaxReplyBytes { get; init; } = 64 * 1024;
}
