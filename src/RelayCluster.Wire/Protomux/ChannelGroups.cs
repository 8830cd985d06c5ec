using System.Diagnostics.CodeAnalysis;

namespace RelayCluster.Wire.Protomux;

/// <summary>
/// The groups of channels by each of their keys; a group lives as long as it has channels or requests.
/// </summary>
internal sealed class ChannelGroups
{
    private readonly Dictionary<ChannelKey, ChannelGroup> _groups = [];

    public ChannelGroup this[ChannelKey key] => _groups[key];

    public bool TryGet(ChannelKey key, [NotNullWhen(true)] out ChannelGroup? group) =>
        _groups.TryGetValue(key, out group);

    /// <summary>The group of a channel under its name or an alias; from now on under all of them.</summary>
    public ChannelGroup Join(MuxChannelOptions options)
    {
        ChannelKey[] keys =
        [
            ChannelKey.Of(options.Protocol, options.Id.Span),
            .. options.Aliases.Select(alias => ChannelKey.Of(alias, options.Id.Span)),
        ];
        int known = Array.FindIndex(keys, _groups.ContainsKey);
        ChannelGroup group = known < 0 ? new ChannelGroup() : _groups[keys[known]];
        foreach (ChannelKey key in keys)
        {
            Add(group, key);
        }

        return group;
    }

    public ChannelGroup GetOrAdd(ChannelKey key)
    {
        if (!_groups.TryGetValue(key, out ChannelGroup? group))
        {
            group = new ChannelGroup();
            Add(group, key);
        }

        return group;
    }

    /// <summary>Forgets a group that nobody uses.</summary>
    public void Collect(ChannelGroup group)
    {
        if (group.IsUnused)
        {
            group.Keys.ForEach(key => _groups.Remove(key));
            group.Keys.Clear();
        }
    }

    public void Clear() => _groups.Clear();

    private void Add(ChannelGroup group, ChannelKey key)
    {
        if (_groups.TryAdd(key, group))
        {
            group.Keys.Add(key);
        }
    }
}
