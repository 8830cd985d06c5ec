using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Lookups;
using RelayCluster.Dht;
using RelayCluster.Relay.Tests.Lookups;

namespace RelayCluster.Cluster.Tests.Lookups;

/// <summary>Whatever becomes of a topic's owner, who asks is answered.</summary>
public sealed class OwnerFailureTests : IAsyncDisposable
{
    private const int Topic = 1;

    private readonly LookupFleet _fleet = new();
    private readonly LookupNode _owner;
    private readonly LookupNode _node;

    public OwnerFailureTests()
    {
        (_owner, LookupNode[] others) = _fleet.Roles(Topic);
        _node = others[0];
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public void The_owner_dies_half_way_and_no_reply_is_given_twice()
    {
        Asker first = _node.Ask(Topic);
        Asker second = _node.Ask(Topic);
        _owner.Query().Answer(0, 5);
        first.Expect(0, 5);
        _fleet.Hub.Kill(_owner.Name);
        FakeQuery own = _node.Query();
        own.Answer(3, 7);
        own.End();
        first.Expect(5, 5);
        first.ExpectEnd();
        second.Expect(0, 10);
        second.ExpectEnd();
        Assert.Single(_node.Dht.Queries);
    }

    [Fact]
    public void The_owner_is_dead_before_it_is_missed()
    {
        // Its keys have not moved yet: the engine has not noticed.
        _fleet.Hub.Cut(_owner.Name, _node.Name);
        Asker asker = _node.Ask(Topic);
        ExpectOwnAnswer(asker, after: TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void The_owner_falls_silent_half_way()
    {
        Asker asker = _node.Ask(Topic);
        _owner.Query().Answer(0);
        asker.Expect(0);
        _fleet.Hub.Cut(_owner.Name, _node.Name);
        _owner.Query().Answer(1);
        ExpectOwnAnswer(asker, after: TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void The_owner_lives_and_hears_nothing_of_the_DHT()
    {
        Asker asker = _node.Ask(Topic);
        FakeQuery stuck = _owner.Query();
        ExpectOwnAnswer(asker, after: OwnerLookup.Patience);
        _fleet.Kit.RunUntil(() => stuck.IsOver, "the end of the stuck query");
    }

    [Fact]
    public void The_owners_query_fails()
    {
        Asker asker = _node.Ask(Topic);
        _owner.Query().Answer(0);
        asker.Expect(0);
        _owner.Query().Fail();
        ExpectOwnAnswer(asker);
    }

    [Fact]
    public void The_own_query_fails_too_and_all_who_ask_are_told()
    {
        Asker first = _node.Ask(Topic);
        Asker second = _node.Ask(Topic);
        _owner.Query().Fail();
        _node.Query().Fail();
        Assert.Equal(DhtError.RequestTimeout, first.ExpectFailure<DhtException>().Error);
        Assert.Equal(DhtError.RequestTimeout, second.ExpectFailure<DhtException>().Error);
    }

    [Fact]
    public void Nobody_owns_topics()
    {
        _fleet.DisownTopics();
        ExpectOwnAnswer(_node.Ask(Topic));
    }

    [Fact]
    public void The_engine_is_stopped()
    {
        _fleet.Hub.Stop();
        Asker first = _node.Ask(Topic);
        Asker second = _node.Ask(Topic);
        ExpectOwnAnswer(first);
        second.Expect(5);
        second.ExpectEnd();

        // What the node found by itself is kept for its sessions.
        _node.Ask(Topic).Expect(5);
        Assert.Single(_node.Dht.Queries);
        _fleet.Hub.Restart();
        _node.Forget(Topic);
        _node.Ask(Topic);
        _owner.Query();
    }

    [Fact]
    public void The_engine_stops_half_way()
    {
        Asker asker = _node.Ask(Topic);
        _owner.Query().Answer(0, 5);
        asker.Expect(0, 5);
        _fleet.Hub.Stop();
        ExpectOwnAnswer(asker);
        _fleet.Kit.RunUntil(() => _owner.Query().IsOver, "the end of what nobody waits for");
    }

    [Fact]
    public async Task The_owner_has_not_joined_the_DHT_yet()
    {
        await using var joining = new LookupNode("joining", _fleet.Hub, _fleet.Kit, new());
        await joining.Fabric.StartAsync(default);
        LookupFleet.OwnTopics(joining, true);
        _fleet.DisownTopics();
        ExpectOwnAnswer(_node.Ask(Topic));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("too much")]
    public async Task The_owner_sends_what_is_no_answer(string what)
    {
        await using var strange = new LocalFabric("strange", _fleet.Hub, NullLoggerFactory.Instance);
        strange.Handle(
            FleetLookups.RunSubject,
            (_, cancellationToken) => what == "nonsense" ? Nonsense() : TooMuch(cancellationToken));
        await strange.StartAsync(default);
        await strange.SetWeightAsync(FleetLookups.Region, 1, default);
        _fleet.DisownTopics();
        Asker asker = _node.Ask(Topic);
        asker.Expect(1000, what == "nonsense" ? 1 : 2048);
        ExpectOwnAnswer(asker);
    }

    [Fact]
    public void A_change_is_told_to_an_owner_that_is_silent_for_a_second_and_no_longer()
    {
        _fleet.Hub.Cut(_owner.Name, _node.Name);
        Task forgetting = _node.Lookups.ForgetAsync(FakeQuery.Key(Topic)).AsTask();
        _fleet.Kit.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(forgetting.IsCompleted);
        _fleet.Kit.Advance(TimeSpan.FromSeconds(0.1));
        _fleet.Kit.RunUntilCompleted(forgetting);

        _fleet.Hub.Stop();
        _node.Forget(Topic);
    }

    [Fact]
    public void A_change_of_a_session_that_ends_does_not_wait_for_the_owner()
    {
        _fleet.Hub.Cut(_owner.Name, _node.Name);
        _fleet.Kit.RunUntilCompleted(
            _node.Lookups.ForgetAsync(FakeQuery.Key(Topic), new CancellationToken(true)).AsTask());
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Nonsense()
    {
        await Task.CompletedTask;
        yield return ReplyBatch.Encode([FakeQuery.Reply(1000)]);
        yield return new byte[] { 3, 1, 4, 1, 5 };
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> TooMuch(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        for (int number = 1000; !cancellationToken.IsCancellationRequested; number++)
        {
            yield return ReplyBatch.Encode([FakeQuery.Reply(number)]);
        }
    }

    /// <summary>The node asks the DHT itself, and the asker gets that.</summary>
    private void ExpectOwnAnswer(Asker asker, TimeSpan after = default)
    {
        if (after > TimeSpan.Zero)
        {
            _fleet.Kit.RunUntil(() => _fleet.Kit.Clock.UntilNextTimer == after, "patience");
            _fleet.Kit.Advance(after - TimeSpan.FromMilliseconds(1));
            asker.ExpectNone();
            Assert.Empty(_node.Dht.Queries);
            _fleet.Kit.Advance(TimeSpan.FromMilliseconds(1));
        }

        FakeQuery own = _node.Query();
        own.Answer(5);
        own.End();
        asker.Expect(5);
        asker.ExpectEnd();
    }
}
