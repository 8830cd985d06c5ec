namespace RelayCluster.Cluster.RabbitMq;

/// <summary>A handler at work for another node.</summary>
internal sealed class RunningAnswer(Letter ask, CancellationToken linkClosed) : IDisposable
{
    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(linkClosed);
    private readonly SemaphoreSlim _window = new(AnswerTable.Window);

    public Letter Ask => ask;

    /// <summary>Cancelled when nobody waits for the answer.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Waits while the asker has so many replies that it has not taken.</summary>
    public Task WaitForRoomAsync() => _window.WaitAsync(Ending);

    /// <summary>The asker has taken some.</summary>
    public void AddRoom(int replies) => _window.Release(replies);

    public void Cancel() => _ending.Cancel();

    public void Dispose()
    {
        _ending.Dispose();
        _window.Dispose();
    }
}
