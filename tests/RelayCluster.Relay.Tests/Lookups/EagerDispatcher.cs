using RelayCluster.Actors;

namespace RelayCluster.Relay.Tests.Lookups;

/// <summary>
/// Gives each turn a thread and a head start before the one that it comes of: what can happen at the same time happens
/// first.
/// </summary>
internal sealed class EagerDispatcher : ActorDispatcher
{
    public override void Schedule(IThreadPoolWorkItem turn)
    {
        var thread = new Thread(turn.Execute);
        thread.Start();
        thread.Join(TimeSpan.FromSeconds(1));
    }
}
