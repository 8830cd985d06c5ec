using RelayCluster.Actors.Cells;

namespace RelayCluster.Actors;

/// <summary>
/// Where an actor waits for operations without a result, one at a time, without sitting in an await: the outcome is
/// delivered in a turn. Waiting again allocates nothing.
/// </summary>
public sealed class ActorWait
{
    private readonly Signal _signal;
    private ValueTask _operation;

    internal ActorWait(ActorCell cell, Action completed, Action<Exception> failed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        ArgumentNullException.ThrowIfNull(failed);
        _signal = new Signal(this, cell, completed, failed);
    }

    /// <summary>Whether an operation is being waited for.</summary>
    public bool IsPending => _signal.IsPending;

    /// <summary>True: the operation has succeeded already. False: its outcome will be delivered.</summary>
    /// <exception cref="InvalidOperationException">Another operation is being waited for.</exception>
    public bool TryTake(ValueTask operation)
    {
        if (operation.IsCompletedSuccessfully)
        {
            operation.GetAwaiter().GetResult();
            return true;
        }

        Await(operation);
        return false;
    }

    /// <summary>Has the outcome delivered, in a later turn even if it is there.</summary>
    /// <exception cref="InvalidOperationException">Another operation is being waited for.</exception>
    public void Await(ValueTask operation)
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

    private sealed class Signal(ActorWait wait, ActorCell cell, Action completed, Action<Exception> failed)
        : WaitSignal(cell, failed)
    {
        protected override Action TakeOutcome()
        {
            ValueTask operation = wait._operation;
            wait._operation = default;
            operation.GetAwaiter().GetResult();
            return completed;
        }

        protected override void DiscardOutcome() => TakeOutcome();
    }
}
