using RelayCluster.Actors.Supervision;
using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests.Supervision;

public sealed class SupervisionTests : IAsyncDisposable
{
    private readonly ActorTestKit _kit = new();
    private readonly List<string> _journal = [];

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public void Stop_ends_the_child_and_only_it()
    {
        (ActorRef<string> parent, ActorRef<string> child) = SpawnFamily(SupervisionStrategy.Stopping);
        child.TryTell("fail");
        _kit.RunUntilCompleted(child.Termination);
        parent.TryTell("still there?");
        _kit.RunUntilIdle();
        Assert.Equal("parent received still there?", _journal[^1]);
    }

    [Fact]
    public void Resume_goes_on_with_the_next_message()
    {
        (_, ActorRef<string> child) = SpawnFamily(Always(SupervisionDirective.Resume));
        child.TryTell("fail");
        child.TryTell("next");
        _kit.RunUntilIdle();
        Assert.Equal(["child started", "child received fail", "child received next"], _journal[1..]);
    }

    [Fact]
    public void Restart_makes_a_new_instance_behind_the_same_mailbox()
    {
        (_, ActorRef<string> child) = SpawnFamily(Always(SupervisionDirective.Restart));
        child.TryTell("fail");
        child.TryTell("next");
        _kit.RunUntilIdle();
        Assert.Equal(
            [
                "child started", "child received fail", "child stopping", "child stopped",
                "child started", "child received next",
            ],
            _journal[1..]);
    }

    [Fact]
    public void Restart_ends_the_children_of_the_old_instance_first()
    {
        var restarting = Always(SupervisionDirective.Restart);
        ActorRef<string>? middle = null;
        _kit.System.Spawn("top", () => new ScriptedActor(
            _journal,
            supervision: restarting,
            started: top => middle = top.Spawn("middle", () => new ScriptedActor(
                _journal,
                static (_, _) => throw new InvalidOperationException("told to"),
                inner => inner.Spawn("leaf", () => new ScriptedActor(_journal))))));
        _kit.RunUntilIdle();
        _journal.Clear();
        middle!.TryTell("fail");
        _kit.RunUntilIdle();
        Assert.Equal(
            [
                "middle received fail", "middle stopping", "leaf stopping", "leaf stopped", "middle stopped",
                "middle started", "leaf started",
            ],
            _journal);
    }

    [Fact]
    public void Restarts_are_limited_within_their_window()
    {
        var twiceAMinute = new SupervisionStrategy(
            static _ => SupervisionDirective.Restart,
            maxRestarts: 2,
            within: TimeSpan.FromMinutes(1));
        (_, ActorRef<string> child) = SpawnFamily(twiceAMinute);
        Fail(child, 2);
        _kit.Advance(TimeSpan.FromMinutes(1));
        Fail(child, 2);
        Assert.False(child.Termination.IsCompleted);
        Fail(child, 1);
        Assert.True(child.Termination.IsCompletedSuccessfully);
    }

    [Fact]
    public void Escalate_stops_the_child_and_fails_the_parent()
    {
        (ActorRef<string> parent, ActorRef<string> child) = SpawnFamily(Always(SupervisionDirective.Escalate));
        child.TryTell("fail");
        _kit.RunUntilIdle();
        Assert.True(child.Termination.IsCompletedSuccessfully);
        Assert.True(parent.Termination.IsCompletedSuccessfully);
        Assert.Equal(["/parent/child", "/parent"], _kit.Failures.Select(failure => failure.Actor.Path));
    }

    [Fact]
    public async Task A_failure_past_the_root_stops_the_system()
    {
        await using var kit = new ActorTestKit(Always(SupervisionDirective.Escalate));
        ActorRef<string> actor = kit.System.Spawn("a", () => Failing());
        ActorRef<string> other = kit.System.Spawn("b", () => Failing());
        actor.TryTell("fail");
        kit.RunUntilCompleted(kit.System.Termination);
        Assert.True(other.Termination.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_suspended_actor_is_deaf_but_for_its_supervisor()
    {
        ActorRef<string>? child = null;
        SupervisionStrategy asks = new(_ =>
        {
            // Between the failure and this decision the child must not have received its timer's message.
            Assert.DoesNotContain("child received tick", _journal);
            return SupervisionDirective.Resume;
        });
        _kit.System.Spawn("parent", () => new ScriptedActor(
            _journal,
            supervision: asks,
            started: context => child = context.Spawn("child", () => new ScriptedActor(
                _journal,
                (inner, message) =>
                {
                    if (message == "fail")
                    {
                        inner.ScheduleOnce(TimeSpan.Zero, "tick");
                        _kit.Clock.Advance(TimeSpan.Zero);
                        throw new InvalidOperationException("told to");
                    }
                }))));
        _kit.RunUntilIdle();
        child!.TryTell("fail");
        _kit.RunUntilIdle();
        Assert.Equal("child received tick", _journal[^1]);
        Assert.Single(_kit.Failures);
    }

    [Theory]
    [InlineData(SupervisionDirective.Resume, 1)]
    [InlineData(SupervisionDirective.Restart, 11)]
    public void An_actor_that_cannot_be_made_is_given_up(SupervisionDirective directive, int attempts)
    {
        int made = 0;
        ActorRef<string>? child = null;
        _kit.System.Spawn("parent", () => new ScriptedActor(
            _journal,
            supervision: Always(directive),
            started: context => child = context.Spawn<string>("child", () =>
            {
                made++;
                throw new InvalidOperationException("cannot be made");
            })));
        _kit.RunUntilIdle();
        Assert.True(child!.Termination.IsCompletedSuccessfully);
        Assert.Equal(attempts, made);
    }

    private static SupervisionStrategy Always(SupervisionDirective directive) => new(_ => directive);

    private ScriptedActor Failing() => new(_journal, static (_, message) =>
    {
        if (message == "fail")
        {
            throw new InvalidOperationException("told to");
        }
    });

    private (ActorRef<string> Parent, ActorRef<string> Child) SpawnFamily(SupervisionStrategy supervision)
    {
        ActorRef<string>? child = null;
        ActorRef<string> parent = _kit.System.Spawn("parent", () => new ScriptedActor(
            _journal,
            supervision: supervision,
            started: context => child = context.Spawn("child", Failing)));
        _kit.RunUntilIdle();
        return (parent, child!);
    }

    private void Fail(ActorRef<string> actor, int times)
    {
        for (int i = 0; i < times; i++)
        {
            actor.TryTell("fail");
            _kit.RunUntilIdle();
        }
    }
}
