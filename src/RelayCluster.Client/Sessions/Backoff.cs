namespace RelayCluster.Client.Sessions;

/// <summary>
/// How long to wait before the next attempt: twice as long each time up to a limit, and shortened at random by up to a
/// half, lest all who were cut off at once come back at once.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private TimeSpan _next = first;

    public TimeSpan Next()
    {
        TimeSpan wait = _next;
        _next = wait * 2 < longest ? wait * 2 : longest;
        lock (random)
        {
            return wait * (1 - (random.NextDouble() / 2));
        }
    }
}
