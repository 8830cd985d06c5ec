namespace RelayCluster.Actors.Supervision;

/// <summary>When an actor was restarted, as far back as its supervisor cares.</summary>
internal sealed class RestartHistory
{
    private readonly Queue<TimeSpan> _restarts = new();

    /// <summary>Counts a restart if there is one left in the window that ends now.</summary>
    public bool TryRestart(TimeSpan now, int limit, TimeSpan? within)
    {
        while (within is { } window && _restarts.TryPeek(out TimeSpan oldest) && now - oldest >= window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count >= limit)
        {
            return false;
        }

        _restarts.Enqueue(now);
        return true;
    }
}
