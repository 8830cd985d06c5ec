namespace RelayCluster.Actors.TestKit;

/// <summary>A timer of a <see cref="VirtualClock"/>; its fields belong to the clock's lock.</summary>
internal sealed class VirtualTimer(VirtualClock clock, long number, TimerCallback callback, object? state) : ITimer
{
    public static IComparer<VirtualTimer> ByDueTime { get; } = Comparer<VirtualTimer>.Create(
        static (x, y) => x.Due != y.Due ? x.Due.CompareTo(y.Due) : x.Number.CompareTo(y.Number));

    public TimeSpan Due { get; set; }

    public TimeSpan Period { get; set; }

    public bool IsDisposed { get; set; }

    private long Number => number;

    public void Fire() => callback(state);

    public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Set(this, dueTime, period);

    public void Dispose() => clock.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
