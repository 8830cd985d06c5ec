namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>What one connection's transport may hold, and the budget that it is taken from, if there is one.</summary>
internal sealed class BufferShare
{
    private IBufferBudget? _budget;

    /// <summary>Takes a share.</summary>
    /// <param name="budget">Where from; null for no budget.</param>
    /// <param name="bytes">What the transport holds without one; null for the node's default.</param>
    public BufferShare(IBufferBudget? budget, int? bytes)
    {
        _budget = budget;
        Bytes = budget?.Take() ?? bytes;
    }

    /// <summary>In each direction; null for the node's default.</summary>
    public int? Bytes { get; }

    /// <summary>Gives it back; once only, if this is called again.</summary>
    public void GiveBack() => Interlocked.Exchange(ref _budget, null)?.GiveBack(Bytes!.Value);

    /// <summary>Gives it back at the end of the connection.</summary>
    public DhtStream KeepFor(DhtStream stream)
    {
        stream.Completion.ContinueWith(
            static (_, share) => ((BufferShare)share!).GiveBack(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return stream;
    }
}
