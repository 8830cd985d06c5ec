using System.Collections.Concurrent;

namespace RelayCluster.Agent;

/// <summary>Things that several calls speak of, by number.</summary>
internal sealed class Registry<T>
    where T : class
{
    private readonly ConcurrentDictionary<int, T> _items = new();
    private int _lastId;

    public int Add(T item)
    {
        int id = Interlocked.Increment(ref _lastId);
        _items[id] = item;
        return id;
    }

    public T? Find(int id) => _items.GetValueOrDefault(id);

    public void Remove(int id) => _items.TryRemove(id, out _);
}
