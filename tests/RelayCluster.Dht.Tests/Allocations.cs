namespace RelayCluster.Dht.Tests;

internal static class Allocations
{
    /// <summary>
    /// How many bytes an action allocates on this thread: the fewest of some tries, since the runtime allocates for
    /// itself now and then, as when it compiles a method anew.
    /// </summary>
    public static long Of(Action action) => Enumerable.Range(0, 10).Min(_ =>
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
