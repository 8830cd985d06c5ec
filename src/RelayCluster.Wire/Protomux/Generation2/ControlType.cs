namespace RelayCluster.Wire.Protomux.Generation2;

/// <summary>
/// The numbers below those of the protocols, by which the two muxers speak about protocols. An offset is its sender's,
/// but in a reject it is the one that the other side sent in its add.
/// <code>
/// 0 batch    see FrameCursor
/// 1 add      string name, uint major, uint minor, uint offset, uint length
/// 2 close    uint offset
/// 3 reject   uint offset
/// </code>
/// </summary>
internal static class ControlType
{
    public const ulong Add = 1;
    public const ulong Close = 2;
    public const ulong Reject = 3;

    /// <summary>How many there are: the first protocol's offset.</summary>
    public const ulong Count = 4;
}
