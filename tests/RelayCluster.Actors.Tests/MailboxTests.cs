using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests;

public sealed class MailboxTests : IAsyncDisposable
{
    private static readonly ActorOptions RoomForTwo = new() { MailboxCapacity = 2 };

    private readonly ActorTestKit _kit = new();
    private readonly List<string> _journal = [];

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public void Messages_are_received_in_the_order_of_one_sender()
    {
        ActorRef<string> actor = _kit.System.Spawn("a", () => new ScriptedActor(_journal));
        Assert.True(actor.TryTell("1"));
        Assert.True(actor.TryTell("2"));
        _kit.RunUntilIdle();
        Assert.Equal(["a started", "a received 1", "a received 2"], _journal);
    }

    [Fact]
    public void TryTell_FullMailbox_SaysFalseAndLeavesTheMessageWithTheSender()
    {
        ActorRef<string> actor = _kit.System.Spawn("a", () => new ScriptedActor(_journal), RoomForTwo);
        Assert.True(actor.TryTell("1"));
        Assert.True(actor.TryTell("2"));
        Assert.False(actor.TryTell("3"));
        _kit.RunUntilIdle();
        Assert.Equal(["a started", "a received 1", "a received 2"], _journal);
        Assert.Empty(_kit.DeadLetters);
    }

    [Fact]
    public void TellAsync_FullMailbox_WaitsForRoom()
    {
        ActorRef<string> actor = _kit.System.Spawn("a", () => new ScriptedActor(_journal), RoomForTwo);
        actor.TryTell("1");
        actor.TryTell("2");
        Task<bool> third = actor.TellAsync("3").AsTask();
        Assert.False(third.IsCompleted);
        Assert.True(_kit.RunUntilCompleted(third));
        _kit.RunUntil(() => _journal.Contains("a received 3"), "the third message");
    }

    [Fact]
    public void TellAsync_Cancelled_LeavesTheMessageWithTheSender()
    {
        ActorRef<string> actor = _kit.System.Spawn("a", () => new ScriptedActor(_journal), RoomForTwo);
        actor.TryTell("1");
        actor.TryTell("2");
        using var cancellation = new CancellationTokenSource();
        Task<bool> third = actor.TellAsync("3", cancellation.Token).AsTask();
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _kit.RunUntilCompleted(third));
        _kit.RunUntilIdle();
        Assert.DoesNotContain("a received 3", _journal);
        Assert.ThrowsAny<OperationCanceledException>(
            () => _kit.RunUntilCompleted(actor.TellAsync("4", cancellation.Token).AsTask()));
    }

    [Fact]
    public void Messages_for_a_stopped_actor_are_dead_letters()
    {
        ActorRef<string> actor = _kit.System.Spawn(
            "a",
            () => new ScriptedActor(_journal, static (context, _) => context.StopSelf()));
        actor.TryTell("stop");
        actor.TryTell("left over");
        _kit.RunUntilCompleted(actor.Termination);
        Assert.False(actor.TryTell("late"));
        Assert.False(_kit.RunUntilCompleted(actor.TellAsync("later").AsTask()));
        Assert.Equal(["left over", "late", "later"], _kit.DeadLetters.Select(letter => letter.Message));
        Assert.All(_kit.DeadLetters, letter => Assert.Same(actor, letter.Recipient));
        Assert.Contains("a discarded left over", _journal);
    }

    [Fact]
    public void A_sender_that_waits_for_room_learns_of_the_stop()
    {
        ActorRef<string> actor = _kit.System.Spawn(
            "a",
            () => new ScriptedActor(_journal, static (context, _) => context.StopSelf()),
            new ActorOptions { MailboxCapacity = 1 });
        actor.TryTell("stop");
        Task<bool> second = actor.TellAsync("2").AsTask();
        Task<bool> third = actor.TellAsync("3").AsTask();
        _kit.RunUntilCompleted(actor.Termination);

        // The second moved into the mailbox before the stop and is discarded there; the third never got in.
        Assert.True(_kit.RunUntilCompleted(second));
        Assert.Contains("a discarded 2", _journal);
        Assert.False(_kit.RunUntilCompleted(third));
        Assert.DoesNotContain("a discarded 3", _journal);
    }

    [Fact]
    public async Task Many_fast_senders_are_held_to_the_pace_of_a_slow_actor()
    {
        const int Senders = 8;
        const int Each = 2_000;
        const int Capacity = 16;
        int received = 0;
        int told = 0;
        int worst = 0;
        var last = new int[Senders];
        await using var system = new ActorSystem();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ActorRef<(int Sender, int Number)> actor = system.Spawn(
            "slow",
            () => new CountingActor(message =>
            {
                Assert.Equal(last[message.Sender] + 1, message.Number);
                last[message.Sender] = message.Number;
                received++;
                worst = Math.Max(worst, Volatile.Read(ref told) - received);
                if (received == Senders * Each)
                {
                    done.SetResult();
                }
            }),
            new ActorOptions { MailboxCapacity = Capacity });

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (int number = 1; number <= Each; number++)
            {
                Assert.True(await actor.TellAsync((sender, number)));
                Interlocked.Increment(ref told);
            }
        })));
        await done.Task.WaitAsync(ActorTestKit.RealDeadline);

        // What was told but not received lies in the mailbox; a blocked sender has not been counted yet.
        Assert.InRange(worst, 0, Capacity + Senders);
    }

    private sealed class CountingActor(Action<(int Sender, int Number)> receive) : Actor<(int Sender, int Number)>
    {
        protected internal override void Receive((int Sender, int Number) message) => receive(message);
    }
}
