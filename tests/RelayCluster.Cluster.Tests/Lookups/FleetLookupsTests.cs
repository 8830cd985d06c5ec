using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Tests.Lookups;

namespace RelayCluster.Cluster.Tests.Lookups;

/// <summary>Sessions of several nodes that ask for the same, while all is well.</summary>
public sealed class FleetLookupsTests : IAsyncDisposable
{
    private const int Topic = 1;

    private readonly LookupFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public void Sessions_of_all_nodes_share_one_query_of_the_owner()
    {
        Asker[] askers = [.. Enumerable.Range(0, 90).Select(i => _fleet.Nodes[i % 3].Ask(Topic))];
        FakeQuery query = _fleet.Roles(Topic).Owner.Query();
        Assert.Equal(FakeQuery.Key(Topic), query.Topic);
        query.Answer(0, 100, peers: 20);
        foreach (Asker asker in askers)
        {
            asker.Expect(0, 100);
            asker.ExpectNone();
        }

        query.Answer(100);
        query.End();
        foreach (Asker asker in askers)
        {
            asker.Expect(100);
            asker.ExpectEnd();
        }

        Assert.Equal(1, _fleet.QueryCount);
        Assert.Equal(1, _fleet.Nodes.Sum(static node => node.Metric("relay.lookups.run")));
        Assert.Equal(90, _fleet.Nodes.Sum(static node => node.Metric("relay.lookups.asked{asker=session}")));
        Assert.Equal(87, _fleet.Nodes.Sum(static node => node.Metric("relay.lookups.shared{asker=session}")));
        Assert.Equal(3, _fleet.Nodes.Sum(static node => node.Metric("relay.lookups.asked{asker=node}")));
        Assert.Equal(2, _fleet.Nodes.Sum(static node => node.Metric("relay.lookups.shared{asker=node}")));
        Assert.Equal(3, _fleet.Nodes.Sum(static node => node.Metric("cluster.lookups{by=owner}")));
    }

    [Fact]
    public void Topics_have_owners_of_their_own()
    {
        foreach (int topic in Enumerable.Range(0, 60))
        {
            _fleet.Nodes[topic % 3].Ask(topic);
        }

        _fleet.Kit.RunUntil(() => _fleet.QueryCount == 60, "all queries");
        Assert.All(_fleet.Nodes, static node => Assert.InRange(node.Dht.Queries.Count, 8, 32));
    }

    [Fact]
    public void The_owner_keeps_the_answer_for_the_fleet_and_no_longer_than_for_itself()
    {
        (LookupNode owner, LookupNode[] others) = _fleet.Roles(Topic);
        Asker first = others[0].Ask(Topic);
        owner.Query().Answer(0, 3);
        owner.Query().End();
        first.Expect(0, 3);
        first.ExpectEnd();
        _fleet.Kit.RunUntil(() => owner.List() is [{ State: TopicLookupState.Kept }], "a kept answer");
        _fleet.Kit.Advance(TimeSpan.FromSeconds(4.9));
        Asker second = others[1].Ask(Topic);
        second.Expect(0, 3);
        second.ExpectEnd();
        _fleet.Kit.Advance(TimeSpan.FromSeconds(0.1));
        Asker third = others[1].Ask(Topic);
        owner.Query(1).Answer(7);
        third.Expect(7);
    }

    [Fact]
    public void The_owners_query_is_cancelled_when_nobody_in_the_fleet_waits_any_more()
    {
        (LookupNode owner, LookupNode[] others) = _fleet.Roles(Topic);
        Asker first = others[0].Ask(Topic);
        Asker second = others[1].Ask(Topic);
        FakeQuery query = owner.Query();
        query.Answer(0);
        first.Expect(0);
        second.Expect(0);
        first.Leave();
        query.Answer(1);
        second.Expect(1);
        second.Leave();
        _fleet.Kit.RunUntil(() => query.IsOver, "the query's end");
        _fleet.Kit.RunUntil(() => _fleet.Nodes.All(static node => node.List().Count == 0), "the end of all lookups");
        Assert.Equal(1, _fleet.QueryCount);
    }

    [Fact]
    public void A_slow_session_holds_up_no_other_and_loses_nothing()
    {
        (LookupNode owner, LookupNode[] others) = _fleet.Roles(Topic);
        Asker slow = others[0].Ask(Topic);
        Asker fast = others[1].Ask(Topic);
        owner.Query().Answer(0, 500);
        owner.Query().End();
        fast.Expect(0, 500);
        fast.ExpectEnd();
        slow.Expect(0, 500);
        slow.ExpectEnd();
    }

    [Fact]
    public void What_a_session_changes_is_seen_by_all_who_ask_after_it_was_told()
    {
        (LookupNode owner, LookupNode[] others) = _fleet.Roles(Topic);
        Asker before = others[0].Ask(Topic);
        owner.Query().End();
        before.ExpectEnd();
        _fleet.Kit.RunUntil(() => owner.List() is [{ State: TopicLookupState.Kept }], "a kept answer");
        others[1].Forget(Topic);
        Asker after = others[0].Ask(Topic);
        owner.Query(1).Answer(1);
        after.Expect(1);

        // One under way is not joined either.
        others[1].Forget(Topic);
        Asker last = others[1].Ask(Topic);
        owner.Query(2).Answer(2);
        last.Expect(2);
    }

    [Fact]
    public void Topics_move_from_a_node_that_drains_and_it_still_asks_for_its_sessions()
    {
        (LookupNode owner, LookupNode[] others) = _fleet.Roles(Topic);
        LookupFleet.OwnTopics(owner, false);
        Asker asker = owner.Ask(Topic);
        _fleet.Kit.RunUntil(() => others.Sum(static node => node.Dht.Queries.Count) == 1, "a query elsewhere");
        FakeQuery query = others.SelectMany(static node => node.Dht.Queries).Single();
        query.Answer(3);
        query.End();
        asker.Expect(3);
        asker.ExpectEnd();
    }

    [Fact]
    public void An_operator_sees_who_asks_and_who_is_asked()
    {
        (LookupNode owner, LookupNode[] others) = _fleet.Roles(Topic);
        others[0].Ask(Topic);
        others[0].Ask(Topic);
        others[1].Ask(Topic);
        owner.Query().Answer(0, 2);
        _fleet.Kit.RunUntil(() => owner.List() is [{ Askers: 2, Replies: 2 }], "two nodes that ask");
        _fleet.Kit.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TopicLookupState.Running, owner.List()[0].State);
        Assert.Equal(TimeSpan.FromSeconds(2), owner.List()[0].Age);
        TopicLookup asked = Assert.Single(others[0].List());
        Assert.Equal((TopicLookupState.Asking, 2), (asked.State, asked.Askers));
    }
}
