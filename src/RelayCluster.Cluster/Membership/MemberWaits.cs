namespace RelayCluster.Cluster.Membership;

/// <summary>Who waits for the nodes to be as wanted; its owner's lock guards it.</summary>
internal sealed class MemberWaits
{
    private readonly List<Wait> _waits = [];

    public Task Add(Func<IReadOnlyList<Member>, bool> condition, CancellationToken cancellationToken)
    {
        var wait = new Wait(condition, cancellationToken);
        _waits.Add(wait);
        return wait.Met.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Completes the waits whose conditions hold now.</summary>
    public void Wake(Func<IReadOnlyList<Member>> members)
    {
        if (_waits.Count > 0)
        {
            IReadOnlyList<Member> seen = members();
            _waits.RemoveAll(wait => wait.IsOver || (wait.Condition(seen) && wait.Met.TrySetResult()));
        }
    }

    private sealed record Wait(Func<IReadOnlyList<Member>, bool> Condition, CancellationToken CancellationToken)
    {
        public TaskCompletionSource Met { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsOver => CancellationToken.IsCancellationRequested;
    }
}
