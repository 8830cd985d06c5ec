using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests;

public sealed class AskTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ActorTestKit _kit = new();

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public void The_answer_comes_back()
    {
        ActorRef<Question> actor = _kit.System.Spawn("a", () => new Answering());
        Task<int> answer = actor.AskAsync<int>(to => new Question(20, to), Patience);
        Assert.Equal(21, _kit.RunUntilCompleted(answer));
        Assert.Null(_kit.Clock.UntilNextTimer);
    }

    [Fact]
    public void No_answer_is_a_timeout_and_a_late_one_a_dead_letter()
    {
        TestProbe<Question> probe = _kit.CreateProbe<Question>();
        Task<int> answer = probe.Ref.AskAsync<int>(to => new Question(20, to), Patience);
        Question question = probe.ExpectMessage();
        _kit.Advance(Patience);
        Assert.Throws<TimeoutException>(() => _kit.RunUntilCompleted(answer));
        Assert.False(question.ReplyTo.TryTell(21));
        Assert.Equal(21, Assert.Single(_kit.DeadLetters).Message);
    }

    [Fact]
    public void An_answer_that_crosses_its_deadline_counts()
    {
        TestProbe<Question> probe = _kit.CreateProbe<Question>();
        Task<int> answer = probe.Ref.AskAsync<int>(to => new Question(20, to), Patience);
        Assert.True(probe.ExpectMessage().ReplyTo.TryTell(21));
        _kit.Clock.Advance(Patience);
        Assert.Equal(21, _kit.RunUntilCompleted(answer));
    }

    [Fact]
    public void A_cancelled_question_is_no_timeout()
    {
        TestProbe<Question> probe = _kit.CreateProbe<Question>();
        using var cancellation = new CancellationTokenSource();
        Task<int> answer = probe.Ref.AskAsync<int>(to => new Question(20, to), Patience, cancellation.Token);
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _kit.RunUntilCompleted(answer));
    }

    [Fact]
    public void A_stopped_actor_takes_no_question()
    {
        ActorRef<Question> actor = _kit.System.Spawn("a", () => new Answering());
        actor.TryTell(new Question(-1, null!));
        _kit.RunUntilCompleted(actor.Termination);
        Task<int> answer = actor.AskAsync<int>(to => new Question(20, to), Patience);
        Assert.Throws<InvalidOperationException>(() => _kit.RunUntilCompleted(answer));
    }

    internal sealed record Question(int Number, ActorRef<int> ReplyTo);

    private sealed class Answering : Actor<Question>
    {
        protected internal override void Receive(Question message)
        {
            if (message.Number < 0)
            {
                Context.StopSelf();
            }
            else
            {
                Assert.True(message.ReplyTo.TryTell(message.Number + 1));
                Assert.False(message.ReplyTo.TryTell(message.Number + 2));
            }
        }
    }
}
