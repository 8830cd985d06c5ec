namespace RelayCluster.Wire.Protomux;

/// <summary>
/// This side's channels by their ids, which count from 1; the one that became free last is used first. A closed channel
/// stays until its id cannot be taken for another's.
/// </summary>
internal sealed class LocalChannels
{
    private readonly List<MuxChannel?> _channels = [];
    private readonly Stack<ulong> _freeIds = new();

    /// <summary>The channels that are not closed.</summary>
    public IEnumerable<MuxChannel> Unclosed => _channels.OfType<MuxChannel>().Where(static c => !c.IsClosed);

    public MuxChannel? Find(ulong id) => id - 1 < (ulong)_channels.Count ? _channels[(int)id - 1] : null;

    public ulong TakeId()
    {
        if (_freeIds.TryPop(out ulong id))
        {
            return id;
        }

        _channels.Add(null);
        return (ulong)_channels.Count;
    }

    public void Add(MuxChannel channel) => _channels[(int)channel.LocalId - 1] = channel;

    public void Release(MuxChannel channel)
    {
        _channels[(int)channel.LocalId - 1] = null;
        _freeIds.Push(channel.LocalId);
    }

    public void Clear()
    {
        _channels.Clear();
        _freeIds.Clear();
    }
}
