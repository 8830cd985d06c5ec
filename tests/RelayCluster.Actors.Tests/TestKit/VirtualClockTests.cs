using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests.TestKit;

public sealed class VirtualClockTests
{
    private readonly VirtualClock _clock = new();
    private readonly List<string> _journal = [];

    [Fact]
    public void Time_stands_still_until_it_is_advanced()
    {
        DateTimeOffset start = _clock.GetUtcNow();
        long stamp = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(TimeSpan.FromSeconds(90), _clock.GetUtcNow() - start);
        Assert.Equal(TimeSpan.FromSeconds(90), _clock.GetElapsedTime(stamp));
    }

    [Fact]
    public void Timers_fire_at_their_due_times_in_order()
    {
        using ITimer late = Timer("late", 3);
        using ITimer early = Timer("early", 1);
        using ITimer same = Timer("same", 3);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["early at 1", "late at 3", "same at 3"], _journal);
        Assert.Equal(TimeSpan.FromSeconds(5), _clock.Elapsed);
    }

    [Fact]
    public void Periods_do_not_drift()
    {
        using ITimer timer = Timer("tick", 1, period: 2);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["tick at 1", "tick at 3", "tick at 5"], _journal);
    }

    [Fact]
    public void A_timer_can_be_changed_and_disposed()
    {
        ITimer timer = Timer("tick", 1);
        Assert.True(timer.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_journal);
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_journal);
    }

    [Fact]
    public void A_timer_made_by_a_timer_takes_part_in_the_same_advance()
    {
        ITimer? second = null;
        using ITimer first = _clock.CreateTimer(
            _ => second = Timer("second", 1),
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["second at 2"], _journal);
        second!.Dispose();
    }

    [Fact]
    public void Cancellation_and_delays_run_on_it()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(3), _clock);
        Task delay = Task.Delay(TimeSpan.FromSeconds(2), _clock);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(delay.IsCompletedSuccessfully);
        Assert.False(cancellation.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(cancellation.IsCancellationRequested);
    }

    private ITimer Timer(string name, int dueSeconds, int period = 0) => _clock.CreateTimer(
        _ => _journal.Add($"{name} at {_clock.Elapsed.TotalSeconds:0}"),
        null,
        TimeSpan.FromSeconds(dueSeconds),
        period == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period));
}
