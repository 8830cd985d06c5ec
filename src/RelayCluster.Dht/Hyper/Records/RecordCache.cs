using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Records;

/// <summary>
/// Who announced which topic: any number of records under a topic, one for each public key, bounded over all topics.
/// <para>
/// Ages by two generations as <see cref="AgingCache{TKey,TValue}"/> does, except that reading keeps nothing alive: an
/// announcer that stopped announcing is to be forgotten however often it is looked up.
/// </para>
/// <para>
/// A lookup is answered with a random choice of the topic's records, so that a large topic is sampled and not always
/// the
/// same few are dialled. The choice costs by the number taken, not by the size of the topic. The randomness is handed
/// in.
/// </para>
/// </summary>
internal sealed class RecordCache
{
    private readonly int _maxRecords;
    private readonly TimeSpan _generation;
    private readonly Random _random;
    private Generation _young = new();
    private Generation _old = new();
    private TimeSpan _turned;

    public RecordCache(int maxRecords, TimeSpan maxAge, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRecords, 1);
        _maxRecords = maxRecords;
        _generation = maxAge * 2 / 3;
        _random = random;
    }

    /// <summary>Records held over all topics, at most twice the bound.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>Keeps a record; one of the same key under the same topic is replaced.</summary>
    public void Add(TimeSpan now, Fixed32 topic, Fixed32 publicKey, byte[] record)
    {
        Age(now);
        _old.Remove(topic, publicKey);
        _young.Set(topic, publicKey, record);
        if (_young.Count >= _maxRecords)
        {
            Turn(now);
        }
    }

    public void Remove(Fixed32 topic, Fixed32 publicKey)
    {
        _young.Remove(topic, publicKey);
        _old.Remove(topic, publicKey);
    }

    /// <summary>At most <paramref name="limit"/> records of a topic, chosen at random.</summary>
    public List<byte[]> Take(TimeSpan now, Fixed32 topic, int limit)
    {
        Age(now);
        TopicRecords? young = _young.Of(topic);
        TopicRecords? old = _old.Of(topic);
        int youngCount = young?.Count ?? 0;
        int count = youngCount + (old?.Count ?? 0);

        // Floyd's choice of k among n: every subset is equally likely, in k steps
        HashSet<int> chosen = [];
        for (int i = Math.Max(0, count - limit); i < count; i++)
        {
            int number = _random.Next(i + 1);
            chosen.Add(chosen.Contains(number) ? i : number);
        }

        return [.. chosen.Select(n => n < youngCount ? young![n] : old![n - youngCount])];
    }

    private void Age(TimeSpan now)
    {
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
        (_old, _young) = (_young, new Generation());
        _turned = now;
    }

    private sealed class Generation
    {
        private readonly Dictionary<Fixed32, TopicRecords> _topics = [];

        public int Count { get; private set; }

        public TopicRecords? Of(Fixed32 topic) => _topics.GetValueOrDefault(topic);

        public void Set(Fixed32 topic, Fixed32 publicKey, byte[] record)
        {
            if (!_topics.TryGetValue(topic, out TopicRecords? records))
            {
                _topics.Add(topic, records = new TopicRecords());
            }

            if (records.Set(publicKey, record))
            {
                Count++;
            }
        }

        public void Remove(Fixed32 topic, Fixed32 publicKey)
        {
            if (!_topics.TryGetValue(topic, out TopicRecords? records) || !records.Remove(publicKey))
            {
                return;
            }

            Count--;
            if (records.Count == 0)
            {
                _topics.Remove(topic);
            }
        }
    }
}
