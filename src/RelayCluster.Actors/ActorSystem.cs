using RelayCluster.Actors.Cells;
using RelayCluster.Actors.Supervision;

namespace RelayCluster.Actors;

/// <summary>A tree of actors in one process, with one clock and one dispatcher.</summary>
/// <remarks>
/// <para>
/// An actor here is a mailbox, a turn at a time, and a parent. Its vocabulary is Akka's, its size is not: nothing is
/// remote, nothing is reflected, and there is no scheduler beside the thread pool.
/// </para>
/// <code>
///   TellAsync ──> [ bounded mailbox ] ─┐
///                                      ├─> one turn: Receive(message)      state: only ever touched inside a turn
///   timers, waits, deaths ──> [signals]┘
/// </code>
/// <para>
/// <b>Turns.</b> A cell is scheduled when something lies in its mailbox or among its signals, handles a bounded batch,
/// and leaves the thread. <see cref="Actor{TMessage}.Receive"/> is synchronous on purpose: an actor cannot sit in an
/// await, so it is never deaf to a stop. What takes time is handed to the context
/// (<see cref="ActorContext{TMessage}.PipeToSelf{T}"/>, <see cref="ActorContext{TMessage}.CreateWait{T}"/>), and the
/// outcome arrives as a turn of its own.
/// </para>
/// <para>
/// <b>Bounds.</b> Every mailbox is bounded: <see cref="ActorRef{TMessage}.TellAsync"/> awaits room, and
/// <see cref="ActorRef{TMessage}.TryTell"/> says false. Signals are not bounded by a number, but each has one cause that
/// is: a child, a watched actor, a timer, an operation in flight; none of them has two signals under way.
/// </para>
/// <para>
/// <b>Failure.</b> An exception that leaves a turn suspends the actor and is put to its parent, whose
/// <see cref="SupervisionStrategy"/> says resume, restart, stop or escalate. A restart makes a new instance behind the
/// same reference and mailbox; a failure past the root stops the whole system.
/// </para>
/// <para>
/// <b>Stop.</b> From the leaves up: first the children, then the actor's own operations are cancelled and awaited, then
/// what it owns (<see cref="ActorContext{TMessage}.Own"/>) is disposed and awaited, then
/// <see cref="Actor{TMessage}.OnStopped"/> runs, and only then its parent and its watchers are told. So when a reference's
/// <see cref="ActorRef.Termination"/> completes, nothing of the actor is left: no timer, no task, no child.
/// </para>
/// <para>
/// <b>Ownership.</b> A tell that returns false has not taken the message. Messages that were taken and will never be
/// received pass <see cref="Actor{TMessage}.OnDiscarded"/>, so that pooled memory in them finds its way back.
/// </para>
/// </remarks>
public sealed class ActorSystem : IAsyncDisposable
{
    private readonly ActorSystemOptions _options;
    private readonly ActorCell<object> _root;
    private readonly ActorMetrics? _metrics;

    /// <summary>Starts an empty system.</summary>
    public ActorSystem(ActorSystemOptions? options = null)
    {
        _options = options ?? new ActorSystemOptions();
        Dispatcher = _options.Dispatcher ?? new ThreadPoolDispatcher();
        _root = new ActorCell<object>(this, null, string.Empty, () => new Guardian(_options.Supervision), 1);
        _metrics = _options.MeterFactory is { } factory ? new ActorMetrics(factory, _root.TakeCensus) : null;
        _root.Start();
    }

    /// <summary>The clock of every timer and time-out in the system.</summary>
    public TimeProvider TimeProvider => _options.TimeProvider;

    /// <summary>Completes when the last actor has stopped.</summary>
    public Task Termination => _root.Termination;

    internal ActorDispatcher Dispatcher { get; }

    /// <summary>Starts an actor at the top of the tree, with the path <c>/name</c>. Any thread may call.</summary>
    /// <exception cref="InvalidOperationException">The name is taken, or the system is stopping.</exception>
    public ActorRef<TMessage> Spawn<TMessage>(
        string name,
        Func<Actor<TMessage>> factory,
        ActorOptions? options = null) => _root.Spawn(name, factory, options);

    /// <summary>
    /// Stops every actor, the leaves first, and waits until all are gone. When the token is cancelled the wait ends, and
    /// the stop goes on.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        _root.Stop();
        await _root.Termination.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _metrics?.Dispose();
    }

    internal void Observe(DeadLetter letter) => _options.OnDeadLetter?.Invoke(letter);

    internal void Observe(ActorFailure failure)
    {
        _metrics?.Failed(failure.Actor.Cell!.ActorType);
        _options.OnFailure?.Invoke(failure);
    }

    internal void ObserveRestart(ActorCell cell) => _metrics?.Restarted(cell.ActorType);

    private sealed class Guardian(SupervisionStrategy supervision) : Actor<object>
    {
        protected internal override SupervisionStrategy Supervision => supervision;

        protected internal override void Receive(object message)
        {
        }
    }
}
