using RelayCluster.Actors.Supervision;

namespace RelayCluster.Actors.Cells;

/// <summary>
/// What stands behind a reference for as long as it exists: the queue of signals, the life cycle, the children, the
/// operations under way. Instances come and go in it.
/// </summary>
/// <remarks>
/// <code>
///   Starting ──> Running ⇄ Suspended          a failure suspends; the supervisor resumes, restarts or stops
///      ^            │          │
///      │            v          v
///      └─────── Restarting  Stopping ──> Stopped
/// </code>
/// All members are for the cell's own turn, except <see cref="Send"/>, <see cref="Start"/>, <see cref="Stop"/> and
/// <see cref="Termination"/>. A turn may run on any thread, but never two at a time: whoever sets the scheduled flag
/// queues the cell, and only the end of the turn clears it.
/// </remarks>
internal abstract class ActorCell : IThreadPoolWorkItem
{
    /// <summary>How much a turn handles before others have theirs.</summary>
    private const int TurnLength = 64;

    private readonly SignalQueue _signals = new();
    private readonly ChildTable _children;
    private readonly RestartHistory _restarts = new();
    private readonly TaskCompletionSource _termination = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<Signal>? _deferred;
    private List<ActorCell>? _watchers;
    private HashSet<ActorCell>? _watched;
    private HashSet<IDisposable>? _timers;
    private Stack<IAsyncDisposable>? _owned;
    private ActorWait? _disposal;
    private CancellationTokenSource? _lifetime;
    private int _operations;
    private int _scheduled;

    protected ActorCell(ActorSystem system, ActorCell? parent, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        System = system;
        Parent = parent;
        Name = name;
        Path = parent is null ? "/" : parent.Parent is null ? $"/{name}" : $"{parent.Path}/{name}";
        _children = new ChildTable(this);
    }

    public ActorSystem System { get; }

    public ActorCell? Parent { get; }

    public string Name { get; }

    public string Path { get; }

    public abstract ActorRef Ref { get; }

    /// <summary>The actor's class, for figures.</summary>
    public abstract string ActorType { get; }

    public Task Termination => _termination.Task;

    public int ChildCount => _children.Count;

    public bool IsClosing => State is CellState.Restarting or CellState.Stopping or CellState.Stopped;

    public CancellationToken Stopping => (_lifetime ??= new CancellationTokenSource()).Token;

    protected CellState State { get; private set; } = CellState.Starting;

    protected abstract SupervisionStrategy Supervision { get; }

    protected abstract bool HasInstance { get; }

    protected abstract int MailCount { get; }

    public void Start() => Send(new LifeSignal(LifeEvent.Start));

    public void Stop() => Send(new LifeSignal(LifeEvent.Stop));

    /// <summary>Any thread.</summary>
    public void Send(Signal signal)
    {
        _signals.Enqueue(signal);
        Schedule();
    }

    public ActorRef<TChild> Spawn<TChild>(string name, Func<Actor<TChild>> factory, ActorOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        int capacity = (options ?? new ActorOptions()).MailboxCapacity;
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1, nameof(options));
        var child = new ActorCell<TChild>(System, this, name, factory, capacity);
        _children.Add(child);
        child.Start();
        return child.Reference;
    }

    public void Watch(ActorRef actor)
    {
        ActorCell cell = actor.Cell ?? throw new ArgumentException($"{actor.Path} cannot be watched", nameof(actor));
        if ((_watched ??= []).Add(cell))
        {
            cell.Send(new LifeSignal(LifeEvent.WatcherAdded, this));
        }
    }

    public void Unwatch(ActorRef actor)
    {
        if (actor.Cell is { } cell && _watched is not null && _watched.Remove(cell))
        {
            cell.Send(new LifeSignal(LifeEvent.WatcherRemoved, this));
        }
    }

    public void Add(IDisposable timer) => (_timers ??= []).Add(timer);

    public void Remove(IDisposable timer) => _timers?.Remove(timer);

    public void Own(IAsyncDisposable resource) => (_owned ??= []).Push(resource);

    public void BeginOperation() => _operations++;

    public void EndOperation() => _operations--;

    public void HandleLife(LifeEvent lifeEvent, ActorCell? other, Exception? exception)
    {
        switch (lifeEvent)
        {
            case LifeEvent.Start when State == CellState.Starting:
                Begin();
                break;
            case LifeEvent.Stop:
                BeginClosing(CellState.Stopping);
                break;
            case LifeEvent.Restart when State == CellState.Suspended:
                BeginClosing(CellState.Restarting);
                break;
            case LifeEvent.Resume when State == CellState.Suspended:
                Resume();
                break;
            case LifeEvent.ChildFailed when !IsClosing:
                Judge(other!, exception!);
                break;
            case LifeEvent.ChildStopped:
                ContinueClosing();
                break;
            case LifeEvent.WatcherAdded when State == CellState.Stopped:
                other!.Send(new LifeSignal(LifeEvent.WatchedStopped, this));
                break;
            case LifeEvent.WatcherAdded:
                (_watchers ??= []).Add(other!);
                break;
            case LifeEvent.WatcherRemoved:
                _watchers?.Remove(other!);
                break;
            case LifeEvent.WatchedStopped when !IsClosing && _watched is not null && _watched.Remove(other!):
                CallTerminated(other!.Ref);
                break;
        }
    }

    /// <summary>Takes the next step of a restart or stop, if nothing is left to wait for.</summary>
    public void ContinueClosing()
    {
        if (State is not (CellState.Restarting or CellState.Stopping) || _children.Count > 0)
        {
            return;
        }

        CancelOperations();
        if (_operations > 0 || DisposeNextOwned())
        {
            return;
        }

        FinishClosing();
    }

    /// <summary>Counts the actors under this one and their mail. Any thread.</summary>
    public Census TakeCensus()
    {
        var census = default(Census);
        CountChildren(ref census);
        return census;
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (int handled = 0; handled < TurnLength && HandleNext(); handled++)
        {
        }

        // A full fence: whoever enqueues after the check below sees the flag down and schedules.
        Interlocked.Exchange(ref _scheduled, 0);
        if (!_signals.IsEmpty || (State == CellState.Running && MailCount > 0))
        {
            Schedule();
        }
    }

    protected void Schedule()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0)
        {
            System.Dispatcher.Schedule(this);
        }
    }

    protected abstract bool ReceiveNext();

    protected abstract void CreateInstance();

    protected abstract void CallStarted();

    protected abstract void CallTerminated(ActorRef actor);

    protected abstract void CallStopping();

    protected abstract void CallStopped();

    protected abstract void CloseMailbox();

    private bool HandleNext()
    {
        try
        {
            if (!_signals.TryDequeue(out Signal? signal))
            {
                return State == CellState.Running && ReceiveNext();
            }

            if (State == CellState.Suspended && signal.WaitsForResume)
            {
                (_deferred ??= new Queue<Signal>()).Enqueue(signal);
            }
            else
            {
                signal.Handle(this);
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        return true;
    }

    private void Begin()
    {
        State = CellState.Running;
        CreateInstance();
        CallStarted();
    }

    private void Fail(Exception exception)
    {
        System.Observe(new ActorFailure(Ref, exception));
        if (State != CellState.Running)
        {
            return;
        }

        State = CellState.Suspended;
        if (Parent is null)
        {
            BeginClosing(CellState.Stopping);
        }
        else
        {
            Parent.Send(new LifeSignal(LifeEvent.ChildFailed, this, exception));
        }
    }

    private void Judge(ActorCell child, Exception exception)
    {
        TimeSpan now = System.TimeProvider.GetElapsedTime(0);
        switch (Supervision.Decide(exception, child._restarts, now))
        {
            case SupervisionDirective.Resume:
                child.Send(new LifeSignal(LifeEvent.Resume));
                break;
            case SupervisionDirective.Restart:
                child.Send(new LifeSignal(LifeEvent.Restart));
                break;
            case SupervisionDirective.Escalate:
                child.Stop();
                Fail(exception);
                break;
            default:
                child.Stop();
                break;
        }
    }

    private void Resume()
    {
        if (!HasInstance)
        {
            BeginClosing(CellState.Stopping);
            return;
        }

        State = CellState.Running;
        ReplayDeferred();
    }

    private void ReplayDeferred()
    {
        while (_deferred is not null && State != CellState.Suspended && _deferred.TryDequeue(out Signal? signal))
        {
            signal.Handle(this);
        }
    }

    private void BeginClosing(CellState state)
    {
        if (State is CellState.Stopping or CellState.Stopped)
        {
            return;
        }

        bool isUnderWay = State == CellState.Restarting;
        State = state;
        if (state == CellState.Stopping)
        {
            CloseMailbox();
        }

        if (isUnderWay)
        {
            return;
        }

        Protect(static cell => cell.CallStopping());
        foreach (IDisposable timer in _timers ?? [])
        {
            timer.Dispose();
        }

        _timers = null;
        foreach (ActorCell child in _children.Close())
        {
            child.Stop();
        }

        while (_deferred is { Count: > 0 })
        {
            Protect(static cell => cell.ReplayDeferred());
        }

        ContinueClosing();
    }

    private void CancelOperations()
    {
        if (_lifetime is { IsCancellationRequested: false })
        {
            Protect(static cell => cell._lifetime!.Cancel());
        }
    }

    private bool DisposeNextOwned()
    {
        if (_owned is null || !_owned.TryPop(out IAsyncDisposable? resource))
        {
            return false;
        }

        _disposal ??= new ActorWait(this, static () => { }, static _ => { });
        try
        {
            _disposal.Await(resource.DisposeAsync());
            return true;
        }
        catch (Exception exception)
        {
            System.Observe(new ActorFailure(Ref, exception));
            return DisposeNextOwned();
        }
    }

    private void FinishClosing()
    {
        Protect(static cell => cell.CallStopped());
        _lifetime?.Dispose();
        _lifetime = null;
        foreach (ActorCell watched in _watched ?? [])
        {
            watched.Send(new LifeSignal(LifeEvent.WatcherRemoved, this));
        }

        _watched = null;
        if (State == CellState.Restarting)
        {
            System.ObserveRestart(this);
            _children.Reopen();
            Begin();
            return;
        }

        State = CellState.Stopped;
        Parent?._children.Remove(this);
        _termination.SetResult();
        Parent?.Send(new LifeSignal(LifeEvent.ChildStopped, this));
        foreach (ActorCell watcher in _watchers ?? [])
        {
            watcher.Send(new LifeSignal(LifeEvent.WatchedStopped, this));
        }

        _watchers = null;
    }

    private void CountChildren(ref Census census)
    {
        foreach (ActorCell child in _children.List())
        {
            int waiting = child.MailCount;
            census.Actors++;
            census.Waiting += waiting;
            census.Deepest = Math.Max(census.Deepest, waiting);
            child.CountChildren(ref census);
        }
    }

    /// <summary>Calls code of the actor's that must not hold up its end.</summary>
    private void Protect(Action<ActorCell> call)
    {
        try
        {
            call(this);
        }
        catch (Exception exception)
        {
            System.Observe(new ActorFailure(Ref, exception));
        }
    }
}
