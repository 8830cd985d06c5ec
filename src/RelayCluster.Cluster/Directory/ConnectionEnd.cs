namespace RelayCluster.Cluster.Directory;

/// <summary>The end of a link that runs over another node's connection, for whoever keeps that open.</summary>
internal sealed class ConnectionEnd : IAsyncDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the link is disposed.</summary>
    public Task WhenEnded => _ended.Task;

    public ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
