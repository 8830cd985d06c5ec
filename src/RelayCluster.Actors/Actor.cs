using RelayCluster.Actors.Supervision;

namespace RelayCluster.Actors;

/// <summary>
/// The behaviour of an actor. All members are called by the kernel, one at a time, never concurrently; none may block.
/// </summary>
/// <typeparam name="TMessage">What it may be told.</typeparam>
public abstract class Actor<TMessage>
{
    private ActorContext<TMessage>? _context;

    /// <summary>The actor's place in the tree; there from <see cref="OnStarted"/> on, not in the constructor.</summary>
    protected ActorContext<TMessage> Context =>
        _context ?? throw new InvalidOperationException("An actor has no context before it is started");

    /// <summary>What to do when a child fails. By default the child is stopped.</summary>
    protected internal virtual SupervisionStrategy Supervision => SupervisionStrategy.Stopping;

    /// <summary>The first turn, and the first after a restart.</summary>
    protected internal virtual void OnStarted()
    {
    }

    /// <summary>Handles one message. An exception that leaves it is a failure for the supervisor to judge.</summary>
    protected internal abstract void Receive(TMessage message);

    /// <summary>A watched actor is gone.</summary>
    protected internal virtual void OnTerminated(ActorRef actor)
    {
    }

    /// <summary>
    /// The stop begins: children still live, operations still run, but no more messages come. An exception is reported and
    /// does not hold up the stop.
    /// </summary>
    protected internal virtual void OnStopping()
    {
    }

    /// <summary>The last turn of this instance, at a stop and before a restart: children and operations are gone.</summary>
    protected internal virtual void OnStopped()
    {
    }

    /// <summary>A message was taken that this actor will not receive: what it carries is to be given back here.</summary>
    protected internal virtual void OnDiscarded(TMessage message)
    {
    }

    internal void Bind(ActorContext<TMessage> context) => _context = context;
}
