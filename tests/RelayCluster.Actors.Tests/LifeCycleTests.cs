using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests;

public sealed class LifeCycleTests : IAsyncDisposable
{
    private readonly ActorTestKit _kit = new();
    private readonly List<string> _journal = [];

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public void Stop_runs_from_the_leaves_up()
    {
        ActorRef<string> root = SpawnChain();
        _kit.RunUntilIdle();
        _journal.Clear();
        root.TryTell("stop");
        _kit.RunUntilCompleted(root.Termination);
        Assert.Equal(
            [
                "root received stop", "root stopping", "child stopping", "leaf stopping",
                "leaf stopped", "child stopped", "root stopped",
            ],
            _journal);
    }

    [Fact]
    public void Paths_name_the_place_in_the_tree()
    {
        ActorRef? leaf = null;
        ActorRef<string> root = _kit.System.Spawn("root", () => new ScriptedActor(
            _journal,
            started: context =>
            {
                Assert.Null(context.Parent);
                context.Spawn("child", () => new ScriptedActor(_journal, started: inner =>
                {
                    leaf = inner.Self;
                    Assert.Equal("/root", inner.Parent!.Path);
                }));
            }));
        _kit.RunUntilIdle();
        Assert.Equal("/root", root.Path);
        Assert.Equal("/root/child", leaf!.Path);
        Assert.Equal("child", leaf.Name);
        Assert.Equal("/root/child", leaf.ToString());
        Assert.Empty(_kit.Failures);
    }

    [Fact]
    public void A_name_is_taken_until_its_actor_has_terminated()
    {
        ActorRef<string> first = _kit.System.Spawn("a", StopsWhenTold);
        Assert.Throws<InvalidOperationException>(() => _kit.System.Spawn("a", StopsWhenTold));
        first.TryTell("stop");
        _kit.RunUntilCompleted(first.Termination);
        ActorRef<string> second = _kit.System.Spawn("a", StopsWhenTold);
        Assert.NotSame(first, second);
        Assert.False(first.TryTell("to the dead"));
        Assert.True(second.TryTell("to the living"));
    }

    [Fact]
    public void A_stopping_system_starts_no_actors()
    {
        _kit.RunUntilCompleted(_kit.System.StopAsync());
        Assert.Throws<InvalidOperationException>(() => _kit.System.Spawn("late", StopsWhenTold));
        Assert.True(_kit.System.Termination.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_watcher_is_told_once_of_the_end()
    {
        TestProbe<string> probe = _kit.CreateProbe<string>();
        ActorRef<string> actor = _kit.System.Spawn("a", StopsWhenTold);
        probe.Watch(actor);
        actor.TryTell("stop");
        probe.ExpectTerminated(actor);
    }

    [Fact]
    public void A_watcher_that_comes_too_late_is_told_at_once()
    {
        TestProbe<string> probe = _kit.CreateProbe<string>();
        ActorRef<string> actor = _kit.System.Spawn("a", StopsWhenTold);
        actor.TryTell("stop");
        _kit.RunUntilCompleted(actor.Termination);
        probe.Watch(actor);
        probe.ExpectTerminated(actor);
    }

    [Fact]
    public void Unwatch_takes_back_even_an_end_that_is_under_way()
    {
        ActorRef<string> watched = _kit.System.Spawn("watched", StopsWhenTold);
        ActorRef<string> watcher = _kit.System.Spawn("watcher", () => new ScriptedActor(
            _journal,
            (context, message) =>
            {
                if (message == "watch")
                {
                    context.Watch(watched);
                }
                else
                {
                    // The other's whole end happens inside this turn, so its news waits when the watch is taken back.
                    watched.TryTell("stop");
                    _kit.RunUntilIdle();
                    Assert.True(watched.Termination.IsCompleted);
                    context.Unwatch(watched);
                }
            }));
        watcher.TryTell("watch");
        _kit.RunUntilIdle();
        watcher.TryTell("unwatch");
        _kit.RunUntilIdle();
        Assert.Empty(_kit.Failures);
        Assert.DoesNotContain("watcher saw the end of watched", _journal);
    }

    [Fact]
    public void Stop_names_only_ones_own_children()
    {
        ActorRef<string> stranger = _kit.System.Spawn("stranger", StopsWhenTold);
        _kit.System.Spawn("a", () => new ScriptedActor(_journal, started: context => context.Stop(stranger)));
        _kit.RunUntilIdle();
        Assert.IsType<ArgumentException>(Assert.Single(_kit.Failures).Exception);
    }

    [Fact]
    public void A_parent_outlives_the_child_that_it_stops()
    {
        ActorRef<string>? child = null;
        ActorRef<string> parent = _kit.System.Spawn("parent", () => new ScriptedActor(
            _journal,
            (context, _) => context.Stop(child!),
            context =>
            {
                child = context.Spawn("child", () => new ScriptedActor(_journal));
                context.Watch(child);
            }));
        parent.TryTell("go");
        _kit.RunUntilIdle();
        Assert.True(child!.Termination.IsCompletedSuccessfully);
        Assert.False(parent.Termination.IsCompleted);
        Assert.Equal("parent saw the end of child", _journal[^1]);
    }

    [Fact]
    public void Hooks_that_throw_do_not_hold_up_the_stop()
    {
        ActorRef<string> actor = _kit.System.Spawn("a", () => new ThrowingAtTheEnd());
        _kit.RunUntilIdle();
        _kit.RunUntilCompleted(_kit.System.StopAsync());
        Assert.True(actor.Termination.IsCompletedSuccessfully);
        Assert.Equal(2, _kit.Failures.Count);
    }

    private ScriptedActor StopsWhenTold() => new(_journal, static (context, message) =>
    {
        if (message == "stop")
        {
            context.StopSelf();
        }
    });

    private ActorRef<string> SpawnChain() => _kit.System.Spawn("root", () => new ScriptedActor(
        _journal,
        static (context, _) => context.StopSelf(),
        root => root.Spawn("child", () => new ScriptedActor(
            _journal,
            started: child => child.Spawn("leaf", () => new ScriptedActor(_journal))))));

    private sealed class ThrowingAtTheEnd : Actor<string>
    {
        protected internal override void Receive(string message)
        {
        }

        protected internal override void OnStopping() => throw new InvalidOperationException("stopping");

        protected internal override void OnStopped() => throw new InvalidOperationException("stopped");
    }
}
