using System.Diagnostics.CodeAnalysis;

namespace RelayCluster.Dht.Hyper.Records;

/// <summary>
/// A map that forgets: bounded in entries, and each entry gone at the latest 4/3 of the age after its last use.
/// <para>
/// It keeps two generations. New entries go into the young one; reading an entry of the old one moves it to the young.
/// Every 2/3 of the age, or when the young one is full, the old one is dropped whole and the young one becomes the old.
/// So ageing costs nothing per entry, and no timer: the time comes in with each call, and late calls catch up. An entry
/// lives 2/3 to 4/3 of the age, the same span as in the reference (xache).
/// </para>
/// <para>An age of zero keeps entries until the bound pushes them out.</para>
/// </summary>
internal sealed class AgingCache<TKey, TValue>
    where TKey : notnull
{
    private readonly int _maxEntries;
    private readonly TimeSpan _generation;
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];
    private TimeSpan _turned;

    public AgingCache(int maxEntries, TimeSpan maxAge)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        _maxEntries = maxEntries;
        _generation = maxAge * 2 / 3;
    }

    /// <summary>Entries held, forgotten ones that nobody asked for since included.</summary>
    public int Count => _young.Count + _old.Count;

    public void Set(TimeSpan now, TKey key, TValue value)
    {
        Age(now);
        _old.Remove(key);
        _young[key] = value;
        if (_young.Count >= _maxEntries)
        {
            Turn(now);
        }
    }

    /// <summary>Finds a value. Being asked for keeps it.</summary>
    public bool TryGet(TimeSpan now, TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        Age(now);
        if (_young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!_old.Remove(key, out value))
        {
            return false;
        }

        _young[key] = value;
        return true;
    }

    public bool Remove(TKey key) => _young.Remove(key) | _old.Remove(key);

    private void Age(TimeSpan now)
    {
        if (_generation <= TimeSpan.Zero)
        {
            return;
        }

        TimeSpan elapsed = now - _turned;
        if (elapsed < _generation)
        {
            return;
        }

        // on the grid of generations, however late the call comes
        TimeSpan due = _turned + (_generation * (elapsed.Ticks / _generation.Ticks));
        Turn(due);
        if (elapsed >= 2 * _generation)
        {
            Turn(due);
        }
    }

    private void Turn(TimeSpan now)
    {
        (_old, _young) = (_young, _old);
        _young.Clear();
        _turned = now;
    }
}
