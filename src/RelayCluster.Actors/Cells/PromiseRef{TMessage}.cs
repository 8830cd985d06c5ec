namespace RelayCluster.Actors.Cells;

/// <summary>The address for the one answer to a question.</summary>
internal sealed class PromiseRef<TMessage>(ActorSystem system, ActorRef asked) : ActorRef<TMessage>
{
    private readonly TaskCompletionSource<TMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string Path => $"{asked.Path}/answer";

    public override string Name => "answer";

    public override Task Termination => _answer.Task.ContinueWith(
        static _ => { },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    public Task<TMessage> Answer => _answer.Task;

    internal override ActorCell? Cell => null;

    internal override ActorSystem System => system;

    public override bool TryTell(TMessage message)
    {
        if (_answer.TrySetResult(message))
        {
            return true;
        }

        system.Observe(new DeadLetter(this, message));
        return false;
    }

    public override ValueTask<bool> TellAsync(TMessage message, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TryTell(message));

    /// <summary>Nobody waits any more.</summary>
    public void GiveUp() => _answer.TrySetCanceled();
}
