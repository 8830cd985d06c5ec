using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Lookups;

/// <summary>Topics and bytes have bounds; beyond them less is shared, and everybody is answered all the same.</summary>
public sealed class LookupBoundsTests
{
    [Fact]
    public async Task Beyond_the_bound_of_topics_the_oldest_answer_makes_room_and_then_nothing_is_shared()
    {
        await using var scenario = new LookupScenario(new LookupOptions { MaxTopics = 2 });
        Asker first = scenario.Ask(1);
        scenario.Query().End();
        first.ExpectEnd();
        scenario.ExpectGone(scenario.Query());
        scenario.Ask(2);
        Assert.Equal(2, scenario.List().Count);
        scenario.Ask(3);
        Assert.Equal(
            [FakeNode.Key(2), FakeNode.Key(3)],
            scenario.List().Select(static lookup => lookup.Topic));
        Asker unshared = scenario.Ask(4);
        scenario.Query(3);
        scenario.Ask(4);
        scenario.Query(4).End();
        scenario.Query(3).Answer(9);
        scenario.Query(3).End();
        unshared.Expect(9);
        unshared.ExpectEnd();
        Assert.Equal(2, scenario.List().Count);
        scenario.Ask(3).ExpectNone();
        Assert.Equal(1, scenario.Metric("shared{asker=session}"));
        Assert.Equal(5, scenario.Metric("run"));
    }

    [Fact]
    public async Task Beyond_the_bound_of_bytes_the_oldest_answers_go()
    {
        // Half of it is for what is kept: room for 64 answers of one reply, as they are weighed here.
        int size = AnswerBudget.SizeOf(FakeQuery.Reply(0, peers: 20));
        await using var scenario = new LookupScenario(new LookupOptions { MaxBytes = 64 * size });
        foreach (int topic in Enumerable.Range(0, 40))
        {
            Asker asker = scenario.Ask(topic);
            scenario.Query(topic).Answer(topic, peers: 20);
            scenario.Query(topic).End();
            asker.Expect(topic);
            asker.ExpectEnd();
            scenario.ExpectGone(scenario.Query(topic));
        }

        Assert.Equal(Enumerable.Range(8, 32).Select(FakeNode.Key), scenario.List().Select(static kept => kept.Topic));
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_given_whole_to_those_who_asked_and_to_nobody_else()
    {
        await using var scenario = new LookupScenario(new LookupOptions { MaxBytes = 64 * 1024 });
        Asker fast = scenario.Ask();
        Asker slow = scenario.Ask();
        FakeQuery query = scenario.Query();
        query.Answer(0, 1000);
        query.End();
        fast.Expect(0, SharedAnswer.Window);
        Asker late = scenario.Ask();
        scenario.Query(1).Answer(5000);
        late.Expect(5000);

        // Now the slowest is waited for, so that no more has to be held.
        scenario.Kit.RunUntilIdle();
        Assert.InRange(query.Taken, SharedAnswer.Window, 2 * SharedAnswer.Window);
        slow.Expect(0, SharedAnswer.Window);
        fast.Expect(SharedAnswer.Window, SharedAnswer.Window / 2);
        slow.Leave();
        fast.Expect(3 * SharedAnswer.Window / 2, 1000 - (3 * SharedAnswer.Window / 2));
        fast.ExpectEnd();
    }

    [Theory]
    [InlineData(-1, 1, 65536)]
    [InlineData(301, 1, 65536)]
    [InlineData(5, 0, 65536)]
    [InlineData(5, 1, 65535)]
    public void Options_out_of_their_range_are_refused(int seconds, int topics, int bytes) =>
        Assert.Throws<ArgumentException>(() => new LookupSettings(new LookupOptions
        {
            Keep = TimeSpan.FromSeconds(seconds),
            MaxTopics = topics,
            MaxBytes = bytes,
        }));
}
