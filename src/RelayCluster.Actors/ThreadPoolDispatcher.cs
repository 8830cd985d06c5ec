namespace RelayCluster.Actors;

/// <summary>Runs turns on the thread pool; the global queue keeps them in order of their need.</summary>
internal sealed class ThreadPoolDispatcher : ActorDispatcher
{
    public override void Schedule(IThreadPoolWorkItem turn) =>
        ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
}
