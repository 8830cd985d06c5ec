namespace RelayCluster.Cluster.Connections;

/// <summary>What runs for as long as a line, each by itself, so that the end can wait for all of it.</summary>
internal sealed class LineTasks
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Keeps a task, one that throws nothing, until it is done.</summary>
    public void Add(Task task)
    {
        lock (_lock)
        {
            _running.RemoveWhere(static running => running.IsCompleted);
            _running.Add(task);
        }
    }

    /// <summary>Waits for all of them; there come no more.</summary>
    public async Task WaitAsync()
    {
        Task[] running;
        lock (_lock)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }
}
