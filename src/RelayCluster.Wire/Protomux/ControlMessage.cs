namespace RelayCluster.Wire.Protomux;

/// <summary>
/// The messages of channel 0, by which the two muxers speak about channels. An id names the channel as its sender does,
/// but in a reject it is the id that the other side sent in its open.
/// <code>
/// 0 batch    see FrameCursor
/// 1 open     uint id, string protocol, buffer id (empty: none), handshake to the end
/// 2 reject   uint id
/// 3 close    uint id
/// </code>
/// </summary>
internal static class ControlMessage
{
    public const ulong Channel = 0;

    public const ulong Batch = 0;
    public const ulong Open = 1;
    public const ulong Reject = 2;
    public const ulong Close = 3;
}
