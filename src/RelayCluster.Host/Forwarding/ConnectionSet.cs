namespace RelayCluster.Host.Forwarding;

/// <summary>
/// The connections that are carried at the same time, so many and no more: the next one waits for a place. Disposing it
/// cuts them and waits until they are gone.
/// </summary>
internal sealed class ConnectionSet : IAsyncDisposable
{
    /// <summary>Enough for a busy server; each may hold a few MiB for readers that do not keep up.</summary>
    public const int MaxConnections = 1024;

    private readonly SemaphoreSlim _places = new(MaxConnections);
    private readonly HashSet<Task> _running = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cut = new();

    /// <summary>Waits for a place.</summary>
    public Task ReserveAsync(CancellationToken cancellationToken) => _places.WaitAsync(cancellationToken);

    /// <summary>Carries a connection at the place that was reserved. What it throws comes up at the end.</summary>
    public void Start(Func<CancellationToken, Task> carryAsync)
    {
        Task running = RunAsync(carryAsync);
        lock (_lock)
        {
            _running.RemoveWhere(task => task.IsCompletedSuccessfully);
            _running.Add(running);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cut.CancelAsync();
        await Task.WhenAll(_running);
        _cut.Dispose();
        _places.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> carryAsync)
    {
        try
        {
            await Task.Yield();
            await carryAsync(_cut.Token);
        }
        finally
        {
            _places.Release();
        }
    }
}
