namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// Counts who is inside, so that the owner can shut the door and wait until the last one has left. May be used from any
/// thread.
/// </summary>
internal sealed class OpenDoor
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // the owner is one of them, until the door is shut
    private int _inside = 1;
    private int _isShut;

    /// <summary>Goes in; false if the door is shut.</summary>
    public bool TryEnter()
    {
        int inside = Volatile.Read(ref _inside);
        while (inside > 0 && Volatile.Read(ref _isShut) == 0)
        {
            int seen = Interlocked.CompareExchange(ref _inside, inside + 1, inside);
            if (seen == inside)
            {
                return true;
            }

            inside = seen;
        }

        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _inside) == 0)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Shuts the door; completes when nobody is inside.</summary>
    public Task ShutAsync()
    {
        if (Interlocked.Exchange(ref _isShut, 1) == 0)
        {
            Leave();
        }

        return _empty.Task;
    }
}
