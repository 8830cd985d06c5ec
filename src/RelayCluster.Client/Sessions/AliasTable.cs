using System.Diagnostics.CodeAnalysis;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Client.Sessions;

/// <summary>
/// What is under way in a session, by the number that messages name it with. The session's reader and any caller use
/// it; once the session is over it takes no more.
/// </summary>
internal sealed class AliasTable<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, T> _entries = [];
    private DhtException? _end;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <exception cref="DhtException">The session is over.</exception>
    /// <exception cref="ProtocolException">The number is in use, so the relay counts wrongly.</exception>
    public void Add(uint alias, T entry)
    {
        lock (_lock)
        {
            if (_end is not null)
            {
                throw _end;
            }

            if (!_entries.TryAdd(alias, entry))
            {
                throw new ProtocolException($"the number {alias} is in use already");
            }
        }
    }

    public bool TryGet(uint alias, [NotNullWhen(true)] out T? entry)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(alias, out entry);
        }
    }

    public bool TryRemove(uint alias, [NotNullWhen(true)] out T? entry)
    {
        lock (_lock)
        {
            return _entries.Remove(alias, out entry);
        }
    }

    public void Remove(uint alias) => TryRemove(alias, out _);

    /// <summary>The session is over: gives all that was in it.</summary>
    public IReadOnlyCollection<T> Close(DhtException end)
    {
        lock (_lock)
        {
            _end ??= end;
            T[] entries = [.. _entries.Values];
            _entries.Clear();
            return entries;
        }
    }
}
