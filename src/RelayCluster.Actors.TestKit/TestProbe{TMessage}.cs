namespace RelayCluster.Actors.TestKit;

/// <summary>An actor of the test's own: it can be told, asked and set to watch, and keeps all for the test.</summary>
public sealed class TestProbe<TMessage>
{
    private readonly ActorTestKit _kit;
    private readonly Queue<TMessage> _messages = new();
    private readonly HashSet<ActorRef> _terminated = [];
    private readonly ActorRef<object> _control;

    internal TestProbe(ActorTestKit kit, string name)
    {
        _kit = kit;
        ActorRef<TMessage>? reference = null;
        _control = kit.System.Spawn<object>(name, () => new ControlActor(this, r => reference = r));
        kit.RunUntilIdle();
        Ref = reference!;
    }

    /// <summary>Where the probe can be told.</summary>
    public ActorRef<TMessage> Ref { get; }

    /// <summary>How many messages wait to be expected.</summary>
    public int Count
    {
        get
        {
            _kit.RunUntilIdle();
            return _messages.Count;
        }
    }

    /// <summary>Has the end of another actor kept for <see cref="ExpectTerminated"/>.</summary>
    public void Watch(ActorRef actor)
    {
        _control.TryTell(actor);
        _kit.RunUntilIdle();
    }

    /// <summary>The next message.</summary>
    /// <exception cref="ExpectationException">None comes.</exception>
    public TMessage ExpectMessage()
    {
        _kit.RunUntil(() => _messages.Count > 0, $"a {typeof(TMessage).Name} at {Ref.Path}");
        return _messages.Dequeue();
    }

    /// <summary>The next message, which is to be of a certain kind.</summary>
    /// <exception cref="ExpectationException">None comes, or one of another kind.</exception>
    public TExpected ExpectMessage<TExpected>()
        where TExpected : TMessage
    {
        TMessage message = ExpectMessage();
        return message is TExpected expected
            ? expected
            : throw new ExpectationException($"A {typeof(TExpected).Name} was expected at {Ref.Path}, not {message}");
    }

    /// <summary>Nothing is there, and nothing comes as long as the clock stands.</summary>
    /// <exception cref="ExpectationException">There is a message.</exception>
    public void ExpectNone()
    {
        _kit.RunUntilIdle();
        if (_messages.TryPeek(out TMessage? message))
        {
            throw new ExpectationException($"Nothing was expected at {Ref.Path}, not {message}");
        }
    }

    /// <summary>The watched actor is gone, and its end was told to this probe.</summary>
    /// <exception cref="ExpectationException">It lives, or is not watched.</exception>
    public void ExpectTerminated(ActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        _kit.RunUntil(() => _terminated.Remove(actor), $"the end of {actor.Path}");
    }

    private sealed class ControlActor(TestProbe<TMessage> probe, Action<ActorRef<TMessage>> started) : Actor<object>
    {
        protected override void OnStarted() =>
            started(Context.Spawn("inbox", () => new InboxActor(probe), new ActorOptions { MailboxCapacity = 10_000 }));

        protected override void Receive(object message) => Context.Watch((ActorRef)message);

        protected override void OnTerminated(ActorRef actor) => probe._terminated.Add(actor);
    }

    private sealed class InboxActor(TestProbe<TMessage> probe) : Actor<TMessage>
    {
        protected override void Receive(TMessage message) => probe._messages.Enqueue(message);
    }
}
