namespace RelayCluster.Cluster.Fabric;

/// <summary>Tasks that run beside their owner, who waits for them in the end. They do not fail.</summary>
internal sealed class TaskSet
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    public void Add(Task task)
    {
        if (task.IsCompletedSuccessfully)
        {
            return;
        }

        lock (_lock)
        {
            _running.Add(task);
        }

        task.GetAwaiter().UnsafeOnCompleted(() => Remove(task));
    }

    /// <summary>Keeps one that may fail, which is the concern of somebody else, or of nobody.</summary>
    public void AddOutcome(Task task) => Add(WaitAsync(task));

    /// <summary>Completes when all that were added by now are over.</summary>
    public Task WhenAllAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    private static async Task WaitAsync(Task task) =>
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Remove(Task task)
    {
        lock (_lock)
        {
            _running.Remove(task);
        }
    }
}
