using RelayCluster.Actors.Supervision;
using RelayCluster.Actors.TestKit;
using RelayCluster.Meters;

namespace RelayCluster.Actors.Tests;

public sealed class ActorMetricsTests : IAsyncDisposable
{
    private readonly MeterBook _book = new();
    private readonly ActorTestKit _kit;
    private readonly List<string> _journal = [];

    public ActorMetricsTests() => _kit = new ActorTestKit(meterFactory: _book);

    public async ValueTask DisposeAsync()
    {
        await _kit.DisposeAsync();
        _book.Dispose();
    }

    [Fact]
    public void Actors_and_the_mail_that_waits_for_them_are_counted_at_all_depths()
    {
        ActorRef<string>? child = null;
        ActorRef<string> parent = _kit.System.Spawn("parent", () => new ScriptedActor(
            _journal,
            started: parent => child = parent.Spawn("child", () => new ScriptedActor(_journal))));
        _kit.RunUntilIdle();

        parent.TryTell("one");
        child!.TryTell("two");
        child.TryTell("three");

        Assert.Equal(2, _book["actor.count"]);
        Assert.Equal(3, _book["actor.mailbox.depth"]);
        Assert.Equal(2, _book["actor.mailbox.deepest"]);

        _kit.RunUntilIdle();
        Assert.Equal(0, _book["actor.mailbox.depth"]);
        Assert.Equal(0, _book["actor.mailbox.deepest"]);
    }

    [Fact]
    public void Actors_that_stopped_are_not_counted()
    {
        ActorRef<string> actor = _kit.System.Spawn(
            "actor", () => new ScriptedActor(_journal, static (context, _) => context.StopSelf()));
        actor.TryTell("stop");
        _kit.RunUntilCompleted(actor.Termination);

        Assert.Equal(0, _book["actor.count"]);
    }

    [Fact]
    public void Failures_and_restarts_are_counted_by_the_actors_type()
    {
        ActorRef<string>? child = null;
        _kit.System.Spawn("parent", () => new ScriptedActor(
            _journal,
            supervision: new SupervisionStrategy(_ => SupervisionDirective.Restart),
            started: parent => child = parent.Spawn("child", () => new ScriptedActor(
                _journal, static (_, _) => throw new InvalidOperationException("told to")))));
        _kit.RunUntilIdle();

        child!.TryTell("fail");
        child.TryTell("again");
        _kit.RunUntilIdle();

        Assert.Equal(2, _book["actor.failures{actor=ScriptedActor}"]);
        Assert.Equal(2, _book["actor.restarts{actor=ScriptedActor}"]);
    }
}
