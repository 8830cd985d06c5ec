using System.Diagnostics.CodeAnalysis;
using RelayCluster.Actors.Cells;

namespace RelayCluster.Actors;

/// <summary>
/// Where an actor waits for operations with a result, one at a time, without sitting in an await: the outcome is
/// delivered in a turn. Waiting again allocates nothing.
/// </summary>
public sealed class ActorWait<T>
{
    private readonly Signal _signal;
    private ValueTask<T> _operation;

    internal ActorWait(ActorCell cell, Action<T> completed, Action<Exception> failed, Action<T>? discarded)
    {
        ArgumentNullException.ThrowIfNull(completed);
        ArgumentNullException.ThrowIfNull(failed);
        _signal = new Signal(this, cell, completed, failed, discarded);
    }

    /// <summary>Whether an operation is being waited for.</summary>
    public bool IsPending => _signal.IsPending;

    /// <summary>
    /// True: the operation has succeeded already, with this result. False: its outcome will be delivered.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another operation is being waited for.</exception>
    public bool TryTake(ValueTask<T> operation, [MaybeNullWhen(false)] out T result)
    {
        if (operation.IsCompletedSuccessfully)
        {
            result = operation.GetAwaiter().GetResult();
            return true;
        }

        Await(operation);
        result = default;
        return false;
    }

    /// <summary>Has the outcome delivered, in a later turn even if it is there.</summary>
    /// <exception cref="InvalidOperationException">Another operation is being waited for.</exception>
    public void Await(ValueTask<T> operation)
    {
        _signal.Begin();
        _operation = operation;
        if (operation.IsCompleted)
        {
            _signal.Arrive();
        }
        else
        {
            operation.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_signal.Arrive);
        }
    }

    private sealed class Signal : WaitSignal
    {
        private readonly ActorWait<T> _wait;
        private readonly Action<T> _completed;
        private readonly Action<T>? _discarded;
        private readonly Action _deliver;
        private T? _result;

        public Signal(
            ActorWait<T> wait,
            ActorCell cell,
            Action<T> completed,
            Action<Exception> failed,
            Action<T>? discarded)
            : base(cell, failed)
        {
            _wait = wait;
            _completed = completed;
            _discarded = discarded;
            _deliver = Deliver;
        }

        protected override Action TakeOutcome()
        {
            _result = TakeResult();
            return _deliver;
        }

        protected override void DiscardOutcome()
        {
            T result = TakeResult();
            _discarded?.Invoke(result);
        }

        private T TakeResult()
        {
            ValueTask<T> operation = _wait._operation;
            _wait._operation = default;
            return operation.GetAwaiter().GetResult();
        }

        private void Deliver()
        {
            T result = _result!;
            _result = default;
            _completed(result);
        }
    }
}
