using System.Threading.Channels;
using RelayCluster.Actors.Supervision;

namespace RelayCluster.Actors.Cells;

/// <summary>A cell with its mailbox and its instance.</summary>
internal sealed class ActorCell<TMessage> : ActorCell
{
    private readonly Func<Actor<TMessage>> _factory;
    private readonly Channel<TMessage> _mailbox;
    private Actor<TMessage>? _actor;

    public ActorCell(ActorSystem system, ActorCell? parent, string name, Func<Actor<TMessage>> factory, int capacity)
        : base(system, parent, name)
    {
        _factory = factory;
        _mailbox = Channel.CreateBounded<TMessage>(new BoundedChannelOptions(capacity) { SingleReader = true });
        Reference = new CellRef<TMessage>(this);
    }

    public CellRef<TMessage> Reference { get; }

    public override ActorRef Ref => Reference;

    public override string ActorType => _actor?.GetType().Name ?? "none";

    protected override SupervisionStrategy Supervision => _actor?.Supervision ?? SupervisionStrategy.Stopping;

    protected override bool HasInstance => _actor is not null;

    protected override int MailCount => _mailbox.Reader.Count;

    /// <summary>Any thread.</summary>
    public bool TryTell(TMessage message)
    {
        if (_mailbox.Writer.TryWrite(message))
        {
            Schedule();
            return true;
        }

        if (_mailbox.Reader.Completion.IsCompleted)
        {
            System.Observe(new DeadLetter(Reference, message));
        }

        return false;
    }

    /// <summary>Any thread.</summary>
    public ValueTask<bool> TellAsync(TMessage message, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (_mailbox.Writer.TryWrite(message))
        {
            Schedule();
            return ValueTask.FromResult(true);
        }

        return AwaitRoomAsync(message, cancellationToken);
    }

    /// <summary>Hands the actor a message in the present turn; a timer's or an operation's.</summary>
    public void ReceiveNow(TMessage message)
    {
        if (State == CellState.Running)
        {
            _actor!.Receive(message);
        }
        else
        {
            DiscardNow(message);
        }
    }

    public void DiscardNow(TMessage message) => _actor?.OnDiscarded(message);

    protected override bool ReceiveNext()
    {
        if (!_mailbox.Reader.TryRead(out TMessage? message))
        {
            return false;
        }

        _actor!.Receive(message);
        return true;
    }

    protected override void CreateInstance()
    {
        _actor = null;
        Actor<TMessage> actor = _factory();
        actor.Bind(new ActorContext<TMessage>(this));
        _actor = actor;
    }

    protected override void CallStarted() => _actor?.OnStarted();

    protected override void CallTerminated(ActorRef actor) => _actor?.OnTerminated(actor);

    protected override void CallStopping() => _actor?.OnStopping();

    protected override void CallStopped() => _actor?.OnStopped();

    protected override void CloseMailbox()
    {
        _mailbox.Writer.TryComplete();
        while (_mailbox.Reader.TryRead(out TMessage? message))
        {
            System.Observe(new DeadLetter(Reference, message));
            try
            {
                DiscardNow(message);
            }
            catch (Exception exception)
            {
                System.Observe(new ActorFailure(Reference, exception));
            }
        }
    }

    private async ValueTask<bool> AwaitRoomAsync(TMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _mailbox.Writer.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            System.Observe(new DeadLetter(Reference, message));
            return false;
        }

        Schedule();
        return true;
    }
}
