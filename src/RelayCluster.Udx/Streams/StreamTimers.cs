using System.Runtime.CompilerServices;

namespace RelayCluster.Udx.Streams;

/// <summary>The instants that a stream waits for, one a <see cref="StreamTimer"/>.</summary>
internal sealed class StreamTimers
{
    private const int Count = (int)StreamTimer.Linger + 1;

    private Instants _instants;

    public StreamTimers()
    {
        Clear();
    }

    /// <summary>The first of them; null if there is none.</summary>
    public TimeSpan? Next
    {
        get
        {
            TimeSpan next = TimeSpan.MaxValue;
            foreach (TimeSpan instant in _instants)
            {
                next = instant < next ? instant : next;
            }

            return next == TimeSpan.MaxValue ? null : next;
        }
    }

    public bool IsSet(StreamTimer timer) => _instants[(int)timer] != TimeSpan.MaxValue;

    public void Set(StreamTimer timer, TimeSpan instant) => _instants[(int)timer] = instant;

    public void Stop(StreamTimer timer) => _instants[(int)timer] = TimeSpan.MaxValue;

    /// <summary>Stops the timer if its time has come.</summary>
    public bool TryExpire(StreamTimer timer, TimeSpan now)
    {
        if (_instants[(int)timer] > now)
        {
            return false;
        }

        Stop(timer);
        return true;
    }

    public void Clear() => ((Span<TimeSpan>)_instants).Fill(TimeSpan.MaxValue);

    [InlineArray(Count)]
    private struct Instants
    {
        private TimeSpan _first;
    }
}
