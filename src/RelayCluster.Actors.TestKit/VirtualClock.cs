namespace RelayCluster.Actors.TestKit;

/// <summary>
/// A clock that stands still until it is advanced. Timers fire inside <see cref="Advance"/>, on its thread, in the order
/// of their due times and then of their making, each at exactly its due time; a timer made or changed by another one's
/// callback takes part at once.
/// </summary>
public sealed class VirtualClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<VirtualTimer> _timers = new(VirtualTimer.ByDueTime);
    private readonly DateTimeOffset _start;
    private TimeSpan _now;
    private long _made;

    /// <summary>A clock that starts at the beginning of the year 2000, UTC.</summary>
    public VirtualClock()
        : this(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>A clock that starts at <paramref name="start"/>.</summary>
    public VirtualClock(DateTimeOffset start) => _start = start;

    /// <summary>How far the clock was advanced in all.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
    }

    /// <summary>How long until the next timer is due; null if there is none.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_lock)
            {
                return _timers.Min is { } next ? next.Due - _now : null;
            }
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, Interlocked.Increment(ref _made), callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time on, firing what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan end = Elapsed + by;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }
    }

    internal bool Set(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            if (timer.IsDisposed)
            {
                return false;
            }

            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _now + dueTime;
                _timers.Add(timer);
            }

            return true;
        }
    }

    internal void Remove(VirtualTimer timer)
    {
        lock (_lock)
        {
            timer.IsDisposed = true;
            _timers.Remove(timer);
        }
    }

    private VirtualTimer? TakeDue(TimeSpan end)
    {
        lock (_lock)
        {
            if (_timers.Min is not { } timer || timer.Due > end)
            {
                _now = end;
                return null;
            }

            _now = timer.Due;
            _timers.Remove(timer);
            if (timer.Period > TimeSpan.Zero)
            {
                timer.Due += timer.Period;
                _timers.Add(timer);
            }

            return timer;
        }
    }
}
