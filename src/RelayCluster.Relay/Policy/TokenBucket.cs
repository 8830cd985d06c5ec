namespace RelayCluster.Relay.Policy;

/// <summary>
/// A rate: so many tokens come in a second, and no more than those of one second lie ready. Without I/O and clock.
/// </summary>
/// <remarks>
/// Who can be refused asks first (<see cref="HasAny"/>). Who only knows afterwards what it has taken goes into debt, and
/// waits until that is paid: each for its own share and those before it, so many who share a bucket go in their order,
/// and together at the rate.
/// </remarks>
internal sealed class TokenBucket(int perSecond)
{
    /// <summary>Nobody waits longer, whatever was taken.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    // In tokens times ticks, so that no fraction is ever lost; below zero it is a debt.
    private Int128 _credit = Full(perSecond);
    private TimeSpan _filled;

    /// <summary>Whether there is a token.</summary>
    public bool HasAny(TimeSpan now)
    {
        Fill(now);
        return _credit >= TimeSpan.TicksPerSecond;
    }

    /// <summary>Takes tokens, and tells how long the taker has to wait for them.</summary>
    public TimeSpan Take(TimeSpan now, int tokens)
    {
        Fill(now);
        _credit -= Full(tokens);
        return _credit >= 0
            ? TimeSpan.Zero
            : new TimeSpan((long)Int128.Min((perSecond - 1 - _credit) / perSecond, LongestWait.Ticks));
    }

    private static Int128 Full(int tokens) => tokens * TimeSpan.TicksPerSecond;

    private void Fill(TimeSpan now)
    {
        // The times of several threads may come a little out of order.
        if (now > _filled)
        {
            _credit = Int128.Min(Full(perSecond), _credit + ((Int128)(now - _filled).Ticks * perSecond));
            _filled = now;
        }
    }
}
