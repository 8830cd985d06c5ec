namespace RelayCluster.Udx.Sockets;

/// <summary>
/// Wakes the loop only if it sleeps: a wake is a system call, and most work is added while the loop is up anyway.
/// </summary>
internal sealed class LoopWaker(IDatagramDriver driver)
{
    private const int Awake = 0;
    private const int Asleep = 1;

    private int _state;

    /// <summary>Called by anyone, after having added work.</summary>
    public void Wake()
    {
        if (Interlocked.CompareExchange(ref _state, Awake, Asleep) == Asleep)
        {
            driver.Wake();
        }
    }

    /// <summary>Called by the loop, before it looks a last time for work and then waits.</summary>
    public void Sleep()
    {
        Interlocked.Exchange(ref _state, Asleep);
    }

    /// <summary>Called by the loop when it is up.</summary>
    public void Rise() => Volatile.Write(ref _state, Awake);
}
