using System.Diagnostics.CodeAnalysis;

namespace RelayCluster.Actors.Cells;

/// <summary>
/// Signals in the order of their arrival: many senders, one receiver, no lock, no allocation. Senders push onto a stack;
/// the receiver takes the whole stack at once and turns it round.
/// </summary>
internal sealed class SignalQueue
{
    private Signal? _pushed;
    private Signal? _taken;

    /// <summary>Whether there is nothing; exact only for the receiver.</summary>
    public bool IsEmpty => _taken is null && Volatile.Read(ref _pushed) is null;

    /// <summary>Any thread.</summary>
    public void Enqueue(Signal signal)
    {
        Signal? head = Volatile.Read(ref _pushed);
        while (true)
        {
            signal.Next = head;
            Signal? seen = Interlocked.CompareExchange(ref _pushed, signal, head);
            if (seen == head)
            {
                return;
            }

            head = seen;
        }
    }

    /// <summary>Only the receiver.</summary>
    public bool TryDequeue([NotNullWhen(true)] out Signal? signal)
    {
        if (_taken is null && Volatile.Read(ref _pushed) is not null)
        {
            _taken = Reverse(Interlocked.Exchange(ref _pushed, null));
        }

        signal = _taken;
        if (signal is null)
        {
            return false;
        }

        _taken = signal.Next;
        signal.Next = null;
        return true;
    }

    private static Signal? Reverse(Signal? newest)
    {
        Signal? oldest = null;
        while (newest is not null)
        {
            Signal? next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }
}
