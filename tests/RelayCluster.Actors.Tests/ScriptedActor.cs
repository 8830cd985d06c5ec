using RelayCluster.Actors.Supervision;

namespace RelayCluster.Actors.Tests;

/// <summary>An actor whose whole behaviour is the test's, and which tells a journal what becomes of it.</summary>
internal sealed class ScriptedActor(
    List<string> journal,
    Action<ActorContext<string>, string>? receive = null,
    Action<ActorContext<string>>? started = null,
    SupervisionStrategy? supervision = null) : Actor<string>
{
    protected internal override SupervisionStrategy Supervision => supervision ?? SupervisionStrategy.Stopping;

    protected internal override void OnStarted()
    {
        journal.Add($"{Context.Self.Name} started");
        started?.Invoke(Context);
    }

    protected internal override void Receive(string message)
    {
        journal.Add($"{Context.Self.Name} received {message}");
        receive?.Invoke(Context, message);
    }

    protected internal override void OnTerminated(ActorRef actor) =>
        journal.Add($"{Context.Self.Name} saw the end of {actor.Name}");

    protected internal override void OnStopping() => journal.Add($"{Context.Self.Name} stopping");

    protected internal override void OnStopped() => journal.Add($"{Context.Self.Name} stopped");

    protected internal override void OnDiscarded(string message) =>
        journal.Add($"{Context.Self.Name} discarded {message}");
}
