using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Lookups;

public sealed class KeptAnswersTests
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(5);

    private readonly AnswerBudget _budget = new(1024 * 1024);
    private readonly KeptAnswers _kept = new(Keep, 10 * AnswerBudget.SizeOf(FakeQuery.Reply(0)));

    [Fact]
    public void An_answer_is_there_until_its_time_is_up()
    {
        SharedAnswer answer = Answer(1);
        _kept.Add(TimeSpan.FromSeconds(1), FakeNode.Key(1), answer);
        Assert.Equal(TimeSpan.FromSeconds(6), _kept.NextTimeout);
        Assert.True(_kept.TryGet(TimeSpan.FromSeconds(5.9), FakeNode.Key(1), out SharedAnswer? found));
        Assert.Same(answer, found);
        Assert.False(_kept.TryGet(TimeSpan.FromSeconds(6), FakeNode.Key(1), out _));
        Assert.Equal(0, _kept.Count);
        Assert.Null(_kept.NextTimeout);
    }

    [Fact]
    public void A_newer_answer_takes_the_place_and_its_own_time()
    {
        _kept.Add(TimeSpan.Zero, FakeNode.Key(1), Answer(1));
        SharedAnswer newer = Answer(1);
        _kept.Add(TimeSpan.FromSeconds(4), FakeNode.Key(1), newer);
        Assert.True(_kept.TryGet(TimeSpan.FromSeconds(8), FakeNode.Key(1), out SharedAnswer? found));
        Assert.Same(newer, found);
        Assert.Equal(1, _kept.Count);
    }

    [Fact]
    public void Too_many_bytes_push_out_the_oldest_and_an_answer_of_too_many_is_not_kept()
    {
        foreach (int topic in Enumerable.Range(0, 4))
        {
            _kept.Add(TimeSpan.FromSeconds(topic), FakeNode.Key(topic), Answer(3));
        }

        Assert.Equal([1, 2, 3], _kept.All.Select(static kept => (int)kept.Since.TotalSeconds));
        _kept.Add(TimeSpan.FromSeconds(4), FakeNode.Key(9), Answer(11));
        Assert.Equal(3, _kept.Count);
    }

    [Fact]
    public void What_is_removed_gives_its_bytes_back()
    {
        foreach (int topic in Enumerable.Range(0, 100))
        {
            _kept.Add(TimeSpan.Zero, FakeNode.Key(topic), Answer(9));
            _kept.Remove(FakeNode.Key(topic));
        }

        _kept.Add(TimeSpan.Zero, FakeNode.Key(1), Answer(5));
        _kept.Add(TimeSpan.Zero, FakeNode.Key(2), Answer(5));
        Assert.Equal(2, _kept.Count);
    }

    private SharedAnswer Answer(int replies)
    {
        var answer = new SharedAnswer(_budget);
        using AnswerReader reader = answer.TryAttach()!;
        foreach (int number in Enumerable.Range(0, replies))
        {
            answer.Append(FakeQuery.Reply(number));
        }

        answer.Complete();
        return answer;
    }
}
