using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Sharing;

/// <summary>What a shared muxer holds for its channels, and for the other side.</summary>
public sealed record SharedMuxOptions
{
    /// <summary>
    /// What the other side may make the muxer hold, and how long a batch may be: 64 KiB, since beyond that nothing is
    /// saved, and the other side sees the first message later.
    /// </summary>
    public MuxOptions Mux { get; init; } = new() { MaxBatchBytes = 64 * 1024 };

    /// <summary>
    /// How many bytes of all channels may wait to be sent before their senders are made to wait, 1 or more. Default:
    /// 256 KiB. A message under way may go beyond it by its own length.
    /// </summary>
    public int MaxUnsentBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// How many bytes that came may wait for the reader of one channel before nothing more is received, for any
    /// channel, 1 or more. Default: 256 KiB. One message may go beyond it by its own length.
    /// </summary>
    public int MaxUnreadBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// How many bytes of answers the other side may ask for without taking them, 1 or more. Default: 64 KiB, thousands
    /// of answers; who asks for more breaks the protocol.
    /// </summary>
    public int MaxReplyBytes { get; init; } = 64 * 1024;
}
