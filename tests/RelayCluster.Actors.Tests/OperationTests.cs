using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests;

/// <summary>Work that takes time: piped to self, waited for, owned.</summary>
public sealed class OperationTests : IAsyncDisposable
{
    private readonly ActorTestKit _kit = new();
    private readonly List<string> _journal = [];

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public void PipeToSelf_brings_the_result_as_a_message()
    {
        var work = new TaskCompletionSource<int>();
        Spawn(context => Pipe(context, _ => work.Task));
        work.SetResult(7);
        RunUntilSaid("a received 7");
    }

    [Fact]
    public void PipeToSelf_brings_the_failure_as_a_message()
    {
        Spawn(context =>
        {
            Pipe(context, _ => Task.FromException<int>(new IOException("cut")));
            Pipe(context, _ => throw new IOException("cut at once"));
        });
        Assert.Equal(["a started", "a received cut", "a received cut at once"], _journal);
        Assert.Empty(_kit.Failures);
    }

    [Fact]
    public void A_stop_cancels_the_work_and_waits_for_its_end()
    {
        var work = new TaskCompletionSource<int>();
        CancellationToken token = default;
        ActorRef<string> actor = Spawn(
            context => Pipe(context, cancellation =>
            {
                token = cancellation;
                return work.Task;
            }));
        actor.TryTell("stop");
        _kit.RunUntilIdle();
        Assert.True(token.IsCancellationRequested);
        Assert.False(actor.Termination.IsCompleted);
        work.SetCanceled(token);
        _kit.RunUntilCompleted(actor.Termination);
        Assert.Equal(["a stopping", "a stopped"], _journal[^2..]);
    }

    [Fact]
    public void A_result_that_comes_after_the_stop_is_given_back()
    {
        var work = new TaskCompletionSource<int>();
        ActorRef<string> actor = Spawn(context => Pipe(context, _ => work.Task));
        actor.TryTell("stop");
        _kit.RunUntilIdle();
        work.SetResult(7);
        _kit.RunUntilCompleted(actor.Termination);
        Assert.Equal(["a stopping", "a discarded 7", "a stopped"], _journal[^3..]);
    }

    [Fact]
    public void A_parents_work_is_cancelled_only_after_its_children_are_gone()
    {
        var childsWork = new TaskCompletionSource<int>();
        var parentsWork = new TaskCompletionSource<int>();
        CancellationToken parents = default;
        ActorRef<string> actor = Spawn(context =>
        {
            Pipe(context, token =>
            {
                parents = token;
                return parentsWork.Task;
            });
            context.Spawn("child", () => new ScriptedActor(
                _journal,
                started: child => Pipe(child, _ => childsWork.Task)));
        });
        actor.TryTell("stop");
        _kit.RunUntilIdle();
        Assert.False(parents.IsCancellationRequested);
        childsWork.SetResult(1);
        _kit.RunUntil(() => parents.IsCancellationRequested, "the cancellation of the parent's work");
        parentsWork.SetResult(2);
        _kit.RunUntilCompleted(actor.Termination);
    }

    [Fact]
    public void A_wait_delivers_in_a_turn_and_can_be_used_again()
    {
        ActorWait<int>? wait = null;
        var first = new TaskCompletionSource<int>();
        var second = new TaskCompletionSource<int>();
        Spawn(context =>
        {
            wait = context.CreateWait<int>(
                value =>
                {
                    _journal.Add($"got {value}");
                    if (value == 1)
                    {
                        wait!.Await(new ValueTask<int>(second.Task));
                    }
                },
                exception => _journal.Add(exception.Message));
            Assert.True(wait.TryTake(new ValueTask<int>(0), out int now));
            Assert.Equal(0, now);
            Assert.False(wait.TryTake(new ValueTask<int>(first.Task), out _));
            Assert.True(wait.IsPending);
            Assert.Throws<InvalidOperationException>(() => wait.Await(new ValueTask<int>(3)));
        });
        first.SetResult(1);
        Assert.DoesNotContain("got 1", _journal);
        RunUntilSaid("got 1");
        second.SetException(new IOException("cut"));
        RunUntilSaid("cut");
        Assert.Equal(["a started", "got 1", "cut"], _journal);
        Assert.False(wait!.IsPending);
    }

    [Fact]
    public void A_wait_without_a_result_delivers_too()
    {
        var operation = new TaskCompletionSource();
        Spawn(context =>
        {
            ActorWait wait = context.CreateWait(() => _journal.Add("done"), exception => _journal.Add(exception.Message));
            Assert.True(wait.TryTake(ValueTask.CompletedTask));
            Assert.False(wait.TryTake(new ValueTask(operation.Task)));
            context.CreateWait(() => { }, e => _journal.Add(e.Message)).Await(ValueTask.FromException(new IOException("cut")));
        });
        operation.SetResult();
        RunUntilSaid("done");
        Assert.Equal(["a started", "cut", "done"], _journal);
    }

    [Fact]
    public void A_wait_that_ends_after_the_stop_gives_its_result_back()
    {
        var operation = new TaskCompletionSource<int>();
        ActorRef<string> actor = Spawn(context => context
            .CreateWait<int>(
                value => _journal.Add("too late"),
                _ => _journal.Add("too late"),
                value => _journal.Add($"gave back {value}"))
            .Await(new ValueTask<int>(operation.Task)));
        actor.TryTell("stop");
        _kit.RunUntilIdle();
        operation.SetResult(7);
        _kit.RunUntilCompleted(actor.Termination);
        Assert.Equal(["a stopping", "gave back 7", "a stopped"], _journal[^3..]);
    }

    [Fact]
    public void What_an_actor_owns_is_disposed_and_awaited_after_its_operations()
    {
        var disposed = new TaskCompletionSource();
        var work = new TaskCompletionSource<int>();
        ActorRef<string> actor = Spawn(context =>
        {
            Pipe(context, _ => work.Task);
            context.Own(new Resource(_journal, new ValueTask(disposed.Task)));
            context.Own(new Resource(_journal, ValueTask.FromException(new IOException("was cut"))));
        });
        actor.TryTell("stop");
        _kit.RunUntilIdle();
        Assert.DoesNotContain("disposed", _journal);
        work.SetResult(1);
        _kit.RunUntil(() => _journal.Count(line => line == "disposed") == 2, "both disposals");
        Assert.Equal(["a stopping", "a discarded 1", "disposed", "disposed"], _journal[^4..]);
        Assert.False(actor.Termination.IsCompleted);
        disposed.SetResult();
        _kit.RunUntilCompleted(actor.Termination);
    }

    [Fact]
    public void A_failing_callback_is_a_failure_of_the_actor()
    {
        ActorRef<string> actor = Spawn(context => context
            .CreateWait(() => throw new InvalidOperationException("in the callback"), _ => { })
            .Await(ValueTask.CompletedTask));
        _kit.RunUntilCompleted(actor.Termination);
        Assert.Equal("in the callback", Assert.Single(_kit.Failures).Exception.Message);
    }

    private static void Pipe(ActorContext<string> context, Func<CancellationToken, Task<int>> work) =>
        context.PipeToSelf(
            token => new ValueTask<int>(work(token)),
            static value => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            static exception => exception.Message);

    private void RunUntilSaid(string line) => _kit.RunUntil(() => _journal.Contains(line), line);

    private ActorRef<string> Spawn(Action<ActorContext<string>> started)
    {
        ActorRef<string> actor = _kit.System.Spawn("a", () => new ScriptedActor(
            _journal,
            static (context, message) =>
            {
                if (message == "stop")
                {
                    context.StopSelf();
                }
            },
            started));
        _kit.RunUntilIdle();
        return actor;
    }

    private sealed class Resource(List<string> journal, ValueTask disposal) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            journal.Add("disposed");
            return disposal;
        }
    }
}
