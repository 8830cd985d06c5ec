namespace RelayCluster.Wire.Protomux;

/// <summary>
/// What both sides must name alike for their channels to pair: the protocol, and the id in hexadecimal.
/// </summary>
internal readonly record struct ChannelKey(string Protocol, string Id)
{
    public static ChannelKey Of(string protocol, ReadOnlySpan<byte> id) => new(protocol, Convert.ToHexStringLower(id));
}
