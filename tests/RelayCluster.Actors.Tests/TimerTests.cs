using RelayCluster.Actors.Supervision;
using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests;

public sealed class TimerTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ActorTestKit _kit = new();
    private readonly List<string> _journal = [];

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public void ScheduleOnce_delivers_once_when_due()
    {
        Spawn(context => context.ScheduleOnce(Second, "tick"));
        _kit.Advance(Second - TimeSpan.FromTicks(1));
        Assert.Equal(0, Ticks);
        _kit.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, Ticks);
        _kit.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, Ticks);
        Assert.Null(_kit.Clock.UntilNextTimer);
    }

    [Fact]
    public void SchedulePeriodically_delivers_every_period()
    {
        Spawn(context => context.SchedulePeriodically(Second, "tick"));
        _kit.Advance(10 * Second);
        Assert.Equal(10, Ticks);
    }

    [Fact]
    public void Periods_that_pass_while_the_actor_is_busy_do_not_pile_up()
    {
        Spawn(context => context.SchedulePeriodically(Second, "tick"));
        _kit.RunUntilIdle();
        _kit.Clock.Advance(10 * Second);
        _kit.RunUntilIdle();
        Assert.Equal(1, Ticks);
    }

    [Fact]
    public void Cancel_holds_back_even_a_message_that_is_due()
    {
        ActorTimer? timer = null;
        ActorRef<string> actor = Spawn(
            context => timer = context.ScheduleOnce(Second, "tick"),
            (_, message) =>
            {
                if (message == "cancel")
                {
                    _kit.Clock.Advance(Second);
                    timer!.Cancel();
                    timer.Cancel();
                }
            });
        actor.TryTell("cancel");
        _kit.RunUntilIdle();
        Assert.Equal(0, Ticks);
        Assert.False(timer!.IsActive);
    }

    [Fact]
    public void A_stop_cancels_the_timers()
    {
        ActorRef<string> actor = Spawn(
            context =>
            {
                context.SchedulePeriodically(Second, "tick");
                context.ScheduleOnce(Second, "tick");
            },
            (context, message) => context.StopSelf());
        actor.TryTell("stop");
        _kit.RunUntilCompleted(actor.Termination);
        Assert.Null(_kit.Clock.UntilNextTimer);
        _kit.Advance(10 * Second);
        Assert.Equal(0, Ticks);
    }

    [Fact]
    public async Task A_restart_cancels_the_timers_of_the_old_instance()
    {
        await using var kit = new ActorTestKit(new SupervisionStrategy(static _ => SupervisionDirective.Restart));
        ActorRef<string> actor = kit.System.Spawn("a", () => new ScriptedActor(
            _journal,
            static (_, message) =>
            {
                if (message == "fail")
                {
                    throw new InvalidOperationException("told to");
                }
            },
            context => context.ScheduleOnce(Second, "tick")));
        kit.RunUntilIdle();
        actor.TryTell("fail");
        kit.Advance(10 * Second);
        Assert.Equal(1, Ticks);
    }

    [Fact]
    public void Timers_bypass_a_full_mailbox()
    {
        ActorRef<string> actor = _kit.System.Spawn(
            "a",
            () => new ScriptedActor(_journal, started: context => context.ScheduleOnce(Second, "tick")),
            new ActorOptions { MailboxCapacity = 1 });
        _kit.RunUntilIdle();
        actor.TryTell("in the way");
        _kit.Clock.Advance(Second);
        _kit.RunUntilIdle();
        Assert.Equal(1, Ticks);
    }

    private int Ticks => _journal.Count(line => line == "a received tick");

    private ActorRef<string> Spawn(
        Action<ActorContext<string>> started,
        Action<ActorContext<string>, string>? receive = null)
    {
        ActorRef<string> actor = _kit.System.Spawn("a", () => new ScriptedActor(_journal, receive, started));
        _kit.RunUntilIdle();
        return actor;
    }
}
