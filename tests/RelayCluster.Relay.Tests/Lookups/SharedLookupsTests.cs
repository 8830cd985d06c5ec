using RelayCluster.Dht;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Lookups;

/// <summary>Many who ask for the same, and what becomes of them when something fails.</summary>
public sealed class SharedLookupsTests : IAsyncDisposable
{
    private readonly LookupScenario _scenario = new();

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void All_who_ask_for_a_topic_share_one_query_and_get_all_replies_in_order()
    {
        Asker[] askers = [.. Enumerable.Range(0, 200).Select(_ => _scenario.Ask())];
        FakeQuery query = _scenario.Query();
        query.Answer(0, 30);
        query.End();
        foreach (Asker asker in askers)
        {
            asker.Expect(0, 30);
            asker.ExpectEnd();
        }

        Assert.Single(_scenario.Source.Queries);
        Assert.Equal(200, _scenario.Metric("asked{asker=session}"));
        Assert.Equal(199, _scenario.Metric("shared{asker=session}"));
        Assert.Equal(1, _scenario.Metric("run"));
    }

    [Fact]
    public void Topics_are_apart()
    {
        Asker first = _scenario.Ask(1);
        Asker second = _scenario.Ask(2);
        FakeQuery query = _scenario.Query();
        Assert.Equal(FakeNode.Key(1), query.Topic);
        Assert.Equal(FakeNode.Key(2), _scenario.Query(1).Topic);
        query.Answer(7);
        first.Expect(7);
        second.ExpectNone();
    }

    [Fact]
    public void Who_comes_late_gets_what_has_come_and_then_the_rest()
    {
        Asker early = _scenario.Ask();
        FakeQuery query = _scenario.Query();
        query.Answer(0, 5);
        early.Expect(0, 5);
        Asker late = _scenario.Ask();
        late.Expect(0, 5);
        late.ExpectNone();
        query.Answer(5);
        early.Expect(5);
        late.Expect(5);
        query.End();
        early.ExpectEnd();
        late.ExpectEnd();
    }

    [Fact]
    public void An_answer_is_kept_for_a_while_and_no_longer()
    {
        Asker asker = _scenario.Ask();
        FakeQuery query = _scenario.Query();
        query.Answer(0, 3);
        query.End();
        asker.Expect(0, 3);
        asker.ExpectEnd();
        _scenario.ExpectGone(query);
        _scenario.Kit.Advance(TimeSpan.FromSeconds(4.999));
        Asker next = _scenario.Ask();
        next.Expect(0, 3);
        next.ExpectEnd();
        Assert.Equal(1, _scenario.Metric("kept{asker=session}"));
        _scenario.Kit.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Empty(_scenario.List());
        Assert.Null(_scenario.Kit.Clock.UntilNextTimer);
        _scenario.Ask();
        _scenario.Query(1);
    }

    [Fact]
    public void That_nobody_was_found_is_kept_too()
    {
        Asker asker = _scenario.Ask();
        _scenario.Query().End();
        asker.ExpectEnd();
        _scenario.ExpectGone(_scenario.Query());
        _scenario.Ask().ExpectEnd();
        Assert.Single(_scenario.Source.Queries);
    }

    [Fact]
    public async Task With_keep_0_nothing_is_kept_and_what_is_under_way_is_shared()
    {
        await using var scenario = new LookupScenario(new LookupOptions { Keep = TimeSpan.Zero });
        Asker first = scenario.Ask();
        Asker second = scenario.Ask();
        FakeQuery query = scenario.Query();
        query.Answer(0);
        query.End();
        first.Expect(0);
        first.ExpectEnd();
        Asker third = scenario.Ask();
        scenario.Query(1).Answer(1);
        third.Expect(1);
        second.Expect(0);
        second.ExpectEnd();
    }

    [Fact]
    public void The_query_is_cancelled_when_nobody_waits_any_more_and_not_before()
    {
        Asker first = _scenario.Ask();
        Asker second = _scenario.Ask();
        FakeQuery query = _scenario.Query();
        query.Answer(0);
        first.Expect(0);
        first.Leave();
        query.Answer(1);
        second.Expect(0, 2);
        Assert.False(query.IsOver);
        second.Leave();
        _scenario.ExpectGone(query);
        Assert.Empty(_scenario.List());
    }

    [Fact]
    public void Who_asks_after_the_last_has_left_has_a_query_begun()
    {
        Asker first = _scenario.Ask();
        FakeQuery abandoned = _scenario.Query();
        abandoned.Answer(0);
        first.Expect(0);
        first.Leave();

        // Whether or not the other query is gone by now.
        Asker second = _scenario.Ask();
        _scenario.Query(1).Answer(1);
        second.Expect(1);
        _scenario.Kit.RunUntil(() => abandoned.IsOver, "the end of the abandoned query");
    }

    [Fact]
    public void Who_leaves_before_having_been_heard_begins_nothing()
    {
        using var leaving = new CancellationTokenSource();
        IAsyncEnumerator<LookupReply> replies =
            _scenario.Lookups.LookupAsync(FakeNode.Key(1), leaving.Token).GetAsyncEnumerator();
        Task<bool> first = replies.MoveNextAsync().AsTask();
        leaving.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _scenario.Kit.RunUntilCompleted(first));
        Assert.Empty(_scenario.List());
        Assert.Empty(_scenario.Source.Queries);
    }

    [Fact]
    public void A_failure_is_told_to_all_and_is_not_kept()
    {
        Asker first = _scenario.Ask();
        Asker second = _scenario.Ask();
        FakeQuery query = _scenario.Query();
        query.Answer(0);
        query.Fail();
        first.Expect(0);
        second.Expect(0);
        DhtException failure = first.ExpectFailure<DhtException>();
        Assert.Equal(DhtError.RequestTimeout, failure.Error);
        Asker third = _scenario.Ask();
        Assert.Same(failure, second.ExpectFailure<DhtException>());
        _scenario.Query(1).Answer(1);
        third.Expect(1);
    }

    [Fact]
    public void A_slow_asker_holds_up_nobody_else_and_loses_nothing()
    {
        const int Replies = 10 * SharedAnswer.Window;
        Asker slow = _scenario.Ask();
        Asker fast = _scenario.Ask();
        FakeQuery query = _scenario.Query();
        query.Answer(0, Replies);
        query.End();
        fast.Expect(0, Replies);
        fast.ExpectEnd();
        slow.Expect(0, Replies);
        slow.ExpectEnd();
    }

    [Fact]
    public void When_all_askers_are_slow_the_query_waits_for_the_fastest()
    {
        Asker slow = _scenario.Ask();
        Asker faster = _scenario.Ask();
        FakeQuery query = _scenario.Query();
        query.Answer(0, 1000);
        _scenario.Kit.RunUntil(() => query.Taken >= SharedAnswer.Window, "a full window");
        faster.Expect(0, 10);
        slow.Expect(0, 5);
        _scenario.Kit.RunUntilIdle();
        Assert.InRange(query.Taken, SharedAnswer.Window, SharedAnswer.Window + 12);
        query.End();
        faster.Expect(10, 990);
        faster.ExpectEnd();
        slow.Expect(5, 995);
        slow.ExpectEnd();
    }

    [Fact]
    public void A_change_of_the_topic_ends_the_keeping_and_the_joining()
    {
        Asker early = _scenario.Ask();
        FakeQuery old = _scenario.Query();
        old.Answer(0);
        early.Expect(0);
        _scenario.Forget();
        Asker late = _scenario.Ask();
        _scenario.Query(1).Answer(1);
        late.Expect(1);
        old.End();
        early.ExpectEnd();
        _scenario.Kit.RunUntil(() => _scenario.List().Count == 1, "the end of the old query");

        // What ended last is not what is kept: it was begun before the change.
        Asker third = _scenario.Ask();
        third.Expect(1);
        _scenario.Query(1).End();
        third.ExpectEnd();
        _scenario.ExpectGone(_scenario.Query(1));
        _scenario.Forget();
        _scenario.Ask();
        _scenario.Query(2);
    }

    [Fact]
    public async Task When_the_actors_stop_all_who_ask_are_told()
    {
        await using var scenario = new LookupScenario();
        Asker asker = scenario.Ask();
        scenario.Query().Answer(0);
        asker.Expect(0);
        Task stop = scenario.Kit.System.StopAsync();
        scenario.Kit.RunUntilCompleted(stop);
        Assert.Equal(DhtError.NodeDestroyed, asker.ExpectFailure<DhtException>().Error);

        // Without them each asks for itself.
        Assert.Empty(scenario.List());
        Asker late = scenario.Ask();
        scenario.Query(1).Answer(1);
        late.Expect(1);
        Assert.Equal(2, scenario.Metric("run"));
    }

    [Fact]
    public void An_operator_sees_what_is_under_way_and_what_is_kept()
    {
        Asker kept = _scenario.Ask(1);
        _scenario.Query().Answer(0, 2);
        _scenario.Query().End();
        kept.Expect(0, 2);
        kept.ExpectEnd();
        _scenario.ExpectGone(_scenario.Query());
        _scenario.Kit.Advance(TimeSpan.FromSeconds(1));
        _scenario.Ask(2);
        _scenario.Ask(2);
        _scenario.Query(1);
        _scenario.Kit.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(
            [
                new TopicLookup(FakeNode.Key(1), TopicLookupState.Kept, 0, 2, TimeSpan.FromSeconds(3)),
                new TopicLookup(FakeNode.Key(2), TopicLookupState.Running, 2, 0, TimeSpan.FromSeconds(2)),
            ],
            _scenario.List().OrderBy(static lookup => lookup.State == TopicLookupState.Running));
    }
}
