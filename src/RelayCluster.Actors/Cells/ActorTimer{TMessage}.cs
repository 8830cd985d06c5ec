namespace RelayCluster.Actors.Cells;

/// <summary>A timer that delivers one message, once or again and again.</summary>
internal sealed class ActorTimer<TMessage> : ActorTimer, IDisposable
{
    private readonly ActorCell<TMessage> _cell;
    private readonly TMessage _message;
    private readonly bool _isPeriodic;
    private readonly Due _due;
    private readonly ITimer _timer;
    private int _isDue;
    private bool _isCancelled;

    public ActorTimer(ActorCell<TMessage> cell, TimeSpan delay, TimeSpan period, TMessage message)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delay.Ticks, nameof(delay));
        _cell = cell;
        _message = message;
        _isPeriodic = period != Timeout.InfiniteTimeSpan;
        _due = new Due(this);
        cell.Add(this);
        _timer = cell.System.TimeProvider.CreateTimer(
            static state => ((ActorTimer<TMessage>)state!).Fire(),
            this,
            delay,
            period);
    }

    public override bool IsActive => !_isCancelled;

    public override void Cancel()
    {
        if (!_isCancelled)
        {
            Dispose();
            _cell.Remove(this);
        }
    }

    public void Dispose()
    {
        _isCancelled = true;
        _timer.Dispose();
    }

    private void Fire()
    {
        if (Interlocked.Exchange(ref _isDue, 1) == 0)
        {
            _cell.Send(_due);
        }
    }

    private void Deliver()
    {
        Volatile.Write(ref _isDue, 0);
        if (_isCancelled)
        {
            return;
        }

        if (!_isPeriodic)
        {
            Cancel();
        }

        _cell.ReceiveNow(_message);
    }

    private sealed class Due(ActorTimer<TMessage> timer) : Signal
    {
        public override void Handle(ActorCell cell) => timer.Deliver();
    }
}
