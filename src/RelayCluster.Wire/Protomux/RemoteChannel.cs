namespace RelayCluster.Wire.Protomux;

/// <summary>The other side's half of a channel, under its id: joined to ours, or still a request.</summary>
internal sealed class RemoteChannel(ulong id)
{
    public ulong Id { get; } = id;

    public MuxChannel? Channel { get; set; }

    public MuxOpenRequest? Request { get; set; }
}
