namespace RelayCluster.Udx.Sockets;

/// <summary>
/// A heap of who wants to be called when, which can move what it holds: scheduling again replaces the former instant.
/// </summary>
internal sealed class DeadlineQueue<T>
    where T : class, IDeadlineHolder
{
    private (TimeSpan At, T Holder)[] _heap = new (TimeSpan, T)[16];

    public int Count { get; private set; }

    /// <summary>The first instant; null when nobody waits.</summary>
    public TimeSpan? Next => Count == 0 ? null : _heap[0].At;

    /// <summary>The instant that the holder waits for; null when it is not in the queue.</summary>
    public TimeSpan? InstantOf(T holder) => holder.DeadlineIndex < 0 ? null : _heap[holder.DeadlineIndex].At;

    public void Schedule(T holder, TimeSpan at)
    {
        if (holder.DeadlineIndex < 0)
        {
            if (Count == _heap.Length)
            {
                Array.Resize(ref _heap, Count * 2);
            }

            SiftUp(Count++, (at, holder));
            return;
        }

        Place(holder.DeadlineIndex, (at, holder));
    }

    public void Remove(T holder)
    {
        int index = holder.DeadlineIndex;
        if (index < 0)
        {
            return;
        }

        holder.DeadlineIndex = -1;
        (TimeSpan, T) last = _heap[--Count];
        _heap[Count] = default;
        if (index < Count)
        {
            Place(index, last);
        }
    }

    /// <summary>Takes the first holder out if its instant has come.</summary>
    public bool TryTake(TimeSpan now, out T? holder)
    {
        if (Count == 0 || _heap[0].At > now)
        {
            holder = null;
            return false;
        }

        holder = _heap[0].Holder;
        Remove(holder);
        return true;
    }

    private void Place(int index, (TimeSpan At, T Holder) entry)
    {
        if (index > 0 && entry.At < _heap[(index - 1) / 2].At)
        {
            SiftUp(index, entry);
        }
        else
        {
            SiftDown(index, entry);
        }
    }

    private void SiftUp(int index, (TimeSpan At, T Holder) entry)
    {
        while (index > 0 && entry.At < _heap[(index - 1) / 2].At)
        {
            Put(index, _heap[(index - 1) / 2]);
            index = (index - 1) / 2;
        }

        Put(index, entry);
    }

    private void SiftDown(int index, (TimeSpan At, T Holder) entry)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _heap[child + 1].At < _heap[child].At)
            {
                child++;
            }

            if (entry.At <= _heap[child].At)
            {
                break;
            }

            Put(index, _heap[child]);
            index = child;
        }

        Put(index, entry);
    }

    private void Put(int index, (TimeSpan At, T Holder) entry)
    {
        _heap[index] = entry;
        entry.Holder.DeadlineIndex = index;
    }
}
