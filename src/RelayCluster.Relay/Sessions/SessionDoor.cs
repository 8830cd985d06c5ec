namespace RelayCluster.Relay.Sessions;

/// <summary>How many sessions there are, and whether more may come. Used from any thread.</summary>
internal sealed class SessionDoor
{
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource<bool>? _emptied;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _emptied is not null;
            }
        }
    }

    /// <summary>False: the door is closed.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_emptied is not null)
            {
                return false;
            }

            _count++;
            return true;
        }
    }

    /// <summary>Said once by everybody who entered.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_count == 0)
            {
                _emptied?.TrySetResult(true);
            }
        }
    }

    /// <summary>Lets nobody in any more.</summary>
    /// <returns>True when all have left; false when the door is opened again before.</returns>
    public Task<bool> Close()
    {
        lock (_lock)
        {
            _emptied ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_count == 0)
            {
                _emptied.TrySetResult(true);
            }

            return _emptied.Task;
        }
    }

    /// <summary>Lets others in again.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _emptied?.TrySetResult(false);
            _emptied = null;
        }
    }
}
