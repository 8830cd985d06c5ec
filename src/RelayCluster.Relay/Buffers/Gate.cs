namespace RelayCluster.Relay.Buffers;

/// <summary>
/// A count with a mark: open below it, closed from it on. Whoever adds does not wait; whoever is about to cause more asks
/// first whether the gate is open. So what is held goes beyond the mark by at most what each asker brings in at once.
/// </summary>
/// <remarks>
/// Waiters are let go in their order, one at each removal while the gate is open, and all when nothing is held: with many
/// waiters at one gate a single removal must not set all of them loose. None is forgotten, because as long as something is
/// held there is another removal to come.
/// </remarks>
internal sealed class Gate(long mark)
{
    private readonly Lock _lock = new();
    private Queue<TaskCompletionSource>? _waiters;
    private long _held;

    public bool IsOpen => Volatile.Read(ref _held) < mark;

    public long Held => Volatile.Read(ref _held);

    public void Add(long amount)
    {
        lock (_lock)
        {
            _held += amount;
        }
    }

    public void Remove(long amount)
    {
        TaskCompletionSource? first = null;
        Queue<TaskCompletionSource>? all = null;
        lock (_lock)
        {
            _held -= amount;
            if (_waiters is null || _held >= mark)
            {
                return;
            }

            if (_held == 0)
            {
                (all, _waiters) = (_waiters, null);
            }
            else
            {
                _waiters.TryDequeue(out first);
            }
        }

        first?.TrySetResult();
        while (all is not null && all.TryDequeue(out TaskCompletionSource? waiter))
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Completes at once if the gate is open, else when it is this caller's turn.</summary>
    public ValueTask WhenOpenAsync(CancellationToken cancellationToken)
    {
        if (IsOpen)
        {
            return ValueTask.CompletedTask;
        }

        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_held < mark)
            {
                return ValueTask.CompletedTask;
            }

            (_waiters ??= new Queue<TaskCompletionSource>()).Enqueue(waiter);
        }

        return new ValueTask(waiter.Task.WaitAsync(cancellationToken));
    }
}
