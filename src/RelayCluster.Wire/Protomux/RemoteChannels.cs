namespace RelayCluster.Wire.Protomux;

/// <summary>
/// The other side's channels by its ids, which it may grow by one at a time, up to a limit. A slot that was rejected or
/// closed is free for its next open.
/// </summary>
internal sealed class RemoteChannels(int maxChannels)
{
    private readonly List<RemoteChannel?> _slots = [];

    public RemoteChannel? Find(ulong id) => id - 1 < (ulong)_slots.Count ? _slots[(int)id - 1] : null;

    /// <summary>A channel for an open with this id; it takes its slot when it is added.</summary>
    /// <exception cref="ProtocolException">The id is taken, leaves a gap, or is over the limit.</exception>
    public RemoteChannel Create(ulong id)
    {
        if (id == ControlMessage.Channel || id > (ulong)_slots.Count + 1 || Find(id) is not null)
        {
            throw new ProtocolException($"an open names channel {id}, which is taken or leaves a gap");
        }

        if (id > (ulong)_slots.Count)
        {
            if (_slots.Count >= maxChannels)
            {
                throw new ProtocolException($"more than {maxChannels} Protomux channels are opened");
            }

            _slots.Add(null);
        }

        return new RemoteChannel(id);
    }

    public void Add(RemoteChannel channel) => _slots[(int)channel.Id - 1] = channel;

    public void Remove(ulong id) => _slots[(int)id - 1] = null;

    public void Clear() => _slots.Clear();
}
