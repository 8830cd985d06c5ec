using RelayCluster.Actors.Cells;

namespace RelayCluster.Actors;

/// <summary>What an actor can do beside answering. Only the actor itself may use it, inside its turns.</summary>
public sealed class ActorContext<TMessage>
{
    private readonly ActorCell<TMessage> _cell;

    internal ActorContext(ActorCell<TMessage> cell) => _cell = cell;

    /// <summary>This actor's address.</summary>
    public ActorRef<TMessage> Self => _cell.Reference;

    /// <summary>The actor above; null at the top of the tree.</summary>
    public ActorRef? Parent => _cell.Parent is { Parent: not null } parent ? parent.Ref : null;

    /// <summary>The system's clock.</summary>
    public TimeProvider TimeProvider => _cell.System.TimeProvider;

    /// <summary>Cancelled when this instance ends, after its children and before its operations are awaited.</summary>
    public CancellationToken Stopping => _cell.Stopping;

    /// <summary>How many children live, those that are stopping included.</summary>
    public int ChildCount => _cell.ChildCount;

    /// <summary>Starts a child.</summary>
    /// <param name="name">Its name, unique among this actor's living children.</param>
    /// <param name="factory">Makes the instance, once now and once for each restart.</param>
    /// <param name="options">Its mailbox.</param>
    /// <exception cref="InvalidOperationException">The name is taken, or this actor is stopping.</exception>
    public ActorRef<TChild> Spawn<TChild>(string name, Func<Actor<TChild>> factory, ActorOptions? options = null) =>
        _cell.Spawn(name, factory, options);

    /// <summary>Stops this actor after the present turn.</summary>
    public void StopSelf() => _cell.Stop();

    /// <summary>Stops a child, and everything under it.</summary>
    /// <exception cref="ArgumentException">It is not this actor's child.</exception>
    public void Stop(ActorRef child)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (child.Cell?.Parent != _cell)
        {
            throw new ArgumentException($"{child.Path} is no child of {Self.Path}", nameof(child));
        }

        child.Cell.Stop();
    }

    /// <summary>
    /// Asks for one <see cref="Actor{TMessage}.OnTerminated"/> when the other actor is gone; at once if it is already.
    /// </summary>
    public void Watch(ActorRef actor) => _cell.Watch(actor);

    /// <summary>Takes a watch back: from now on its end is not told.</summary>
    public void Unwatch(ActorRef actor) => _cell.Unwatch(actor);

    /// <summary>Has a message received once, after <paramref name="delay"/>. It bypasses the mailbox's bound.</summary>
    public ActorTimer ScheduleOnce(TimeSpan delay, TMessage message) =>
        new ActorTimer<TMessage>(_cell, delay, Timeout.InfiniteTimeSpan, message);

    /// <summary>
    /// Has a message received every <paramref name="period"/>, the first time after one. A period that passes while the
    /// message before is still waiting for its turn adds none.
    /// </summary>
    public ActorTimer SchedulePeriodically(TimeSpan period, TMessage message) =>
        new ActorTimer<TMessage>(_cell, period, period, message);

    /// <summary>
    /// Starts work whose outcome comes back as a message. The work's token is <see cref="Stopping"/>; the actor's stop
    /// waits for its end, and then passes its message to <see cref="Actor{TMessage}.OnDiscarded"/>.
    /// </summary>
    /// <param name="work">Started at once, on this turn until its first await.</param>
    /// <param name="result">Makes the message of its result.</param>
    /// <param name="failure">Makes the message of its exception, which may be its cancellation.</param>
    public void PipeToSelf<T>(
        Func<CancellationToken, ValueTask<T>> work,
        Func<T, TMessage> result,
        Func<Exception, TMessage> failure)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(failure);
        ActorWait<T> wait = CreateWait<T>(
            value => _cell.ReceiveNow(result(value)),
            exception => _cell.ReceiveNow(failure(exception)),
            value => _cell.DiscardNow(result(value)));
        ValueTask<T> operation;
        try
        {
            operation = work(Stopping);
        }
        catch (Exception exception)
        {
            operation = ValueTask.FromException<T>(exception);
        }

        wait.Await(operation);
    }

    /// <summary>A place for the actor to wait in, again and again, for operations of one kind.</summary>
    /// <param name="completed">The result, in a turn of the actor.</param>
    /// <param name="failed">The exception, in a turn of the actor.</param>
    /// <param name="discarded">The result of an operation that ended when the actor was stopping already.</param>
    public ActorWait<T> CreateWait<T>(Action<T> completed, Action<Exception> failed, Action<T>? discarded = null) =>
        new(_cell, completed, failed, discarded);

    /// <summary>A place to wait in for operations without a result.</summary>
    /// <param name="completed">The operation succeeded; in a turn of the actor.</param>
    /// <param name="failed">The exception, in a turn of the actor.</param>
    public ActorWait CreateWait(Action completed, Action<Exception> failed) => new(_cell, completed, failed);

    /// <summary>
    /// Takes over <paramref name="resource"/>: it is disposed, and its end awaited, when this instance ends, after its
    /// operations did.
    /// </summary>
    public void Own(IAsyncDisposable resource) => _cell.Own(resource);
}
