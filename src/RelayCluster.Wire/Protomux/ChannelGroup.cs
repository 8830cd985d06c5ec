namespace RelayCluster.Wire.Protomux;

/// <summary>The channels of one key (and of its aliases), and which of them wait for their other half.</summary>
internal sealed class ChannelGroup
{
    /// <summary>Every key that leads here.</summary>
    public List<ChannelKey> Keys { get; } = [];

    /// <summary>How many channels are open on this side.</summary>
    public int OpenChannels { get; set; }

    /// <summary>
    /// Opened here, not yet there, in their order. Closed ones stay until the other side has answered.
    /// </summary>
    public List<MuxChannel> Outgoing { get; } = [];

    /// <summary>Opened there, not yet here, in their order.</summary>
    public List<MuxOpenRequest> Incoming { get; } = [];

    public bool IsUnused => OpenChannels == 0 && Outgoing.Count == 0 && Incoming.Count == 0;
}
