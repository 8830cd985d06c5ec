using System.Diagnostics.CodeAnalysis;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>
/// The answers that are over, for as long as they are kept: the oldest goes when its time is up, or when there are too
/// many bytes. A machine without a clock.
/// </summary>
/// <param name="keep">How long an answer is kept; zero keeps none.</param>
/// <param name="maxBytes">How many bytes there may be.</param>
internal sealed class KeptAnswers(TimeSpan keep, int maxBytes)
{
    private readonly LinkedList<KeptAnswer> _oldestFirst = [];
    private readonly Dictionary<Fixed32, LinkedListNode<KeptAnswer>> _byTopic = [];
    private long _bytes;

    public int Count => _byTopic.Count;

    public IEnumerable<KeptAnswer> All => _oldestFirst;

    /// <summary>When the oldest goes; null if there is none.</summary>
    public TimeSpan? NextTimeout => _oldestFirst.First?.Value.Since + keep;

    public void Add(TimeSpan now, Fixed32 topic, SharedAnswer answer)
    {
        if (keep == TimeSpan.Zero || answer.Bytes > maxBytes)
        {
            return;
        }

        Remove(topic);
        _byTopic.Add(topic, _oldestFirst.AddLast(new KeptAnswer(topic, answer, now)));
        _bytes += answer.Bytes;
        while (_bytes > maxBytes)
        {
            TryRemoveOldest();
        }
    }

    /// <summary>The answer about a topic, if one is kept.</summary>
    public bool TryGet(TimeSpan now, Fixed32 topic, [NotNullWhen(true)] out SharedAnswer? answer)
    {
        HandleTimeout(now);
        answer = _byTopic.TryGetValue(topic, out LinkedListNode<KeptAnswer>? kept) ? kept.Value.Answer : null;
        return answer is not null;
    }

    public void Remove(Fixed32 topic)
    {
        if (_byTopic.Remove(topic, out LinkedListNode<KeptAnswer>? kept))
        {
            _oldestFirst.Remove(kept);
            _bytes -= kept.Value.Answer.Bytes;
        }
    }

    public bool TryRemoveOldest()
    {
        if (_oldestFirst.First is not { } oldest)
        {
            return false;
        }

        Remove(oldest.Value.Topic);
        return true;
    }

    public void HandleTimeout(TimeSpan now)
    {
        while (NextTimeout <= now)
        {
            TryRemoveOldest();
        }
    }
}
