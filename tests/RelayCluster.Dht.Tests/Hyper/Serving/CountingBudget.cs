namespace RelayCluster.Dht.Tests.Hyper.Serving;

/// <summary>A budget that knows how many shares are out.</summary>
internal sealed class CountingBudget : IBufferBudget
{
    private const int Share = 32 * 1024;

    private readonly TaskCompletionSource _givenBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;
    private int _mostTaken;

    /// <summary>Completes when the last share that was out is given back.</summary>
    public Task WhenAllGivenBack => _givenBack.Task;

    public int Taken => Volatile.Read(ref _taken);

    public int MostTaken => Volatile.Read(ref _mostTaken);

    public int Take()
    {
        _mostTaken = Math.Max(_mostTaken, Interlocked.Increment(ref _taken));
        return Share;
    }

    public void GiveBack(int share)
    {
        Assert.Equal(Share, share);
        if (Interlocked.Decrement(ref _taken) == 0)
        {
            _givenBack.TrySetResult();
        }
    }
}
