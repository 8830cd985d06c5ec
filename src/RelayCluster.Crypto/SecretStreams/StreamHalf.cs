namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// Guards one direction of a stream: one user at a time, and its end comes once, when nobody is inside. Whoever closes
/// it while it is in use leaves the closing to the user, so no memory of the pipe is given back under his hands.
/// </summary>
internal sealed class StreamHalf(Action<Exception?> close)
{
    private readonly Lock _lock = new();
    private Exception? _reason;
    private bool _inUse;
    private bool _closeWanted;
    private bool _isClosed;

    /// <summary>False if the half is closed or about to be.</summary>
    /// <exception cref="InvalidOperationException">Another user is inside.</exception>
    internal bool TryEnter()
    {
        lock (_lock)
        {
            if (_inUse)
            {
                throw new InvalidOperationException("The other call on this half of the stream has not returned");
            }

            _inUse = !_closeWanted;
            return _inUse;
        }
    }

    internal void Leave()
    {
        lock (_lock)
        {
            _inUse = false;
        }

        CloseIfIdle();
    }

    /// <summary>
    /// Closes at once, or when the user inside leaves. The first reason is kept; null is an orderly end.
    /// </summary>
    /// <param name="reason">Why; null is an orderly end.</param>
    /// <param name="interrupt">
    /// Wakes a user who waits inside. It runs under the lock, since the pipe must not be touched once he has left.
    /// </param>
    internal void Close(Exception? reason, Action? interrupt = null)
    {
        lock (_lock)
        {
            if (!_closeWanted)
            {
                _closeWanted = true;
                _reason = reason;
            }

            if (_inUse)
            {
                interrupt?.Invoke();
            }
        }

        CloseIfIdle();
    }

    private void CloseIfIdle()
    {
        lock (_lock)
        {
            if (!_closeWanted || _inUse || _isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        close(_reason);
    }
}
