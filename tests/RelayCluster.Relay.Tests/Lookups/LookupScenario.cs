using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors.TestKit;
using RelayCluster.Meters;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Lookups;

/// <summary>Shared lookups on virtual time, whose askers and DHT are the test's.</summary>
internal sealed class LookupScenario : IAsyncDisposable
{
    private readonly List<Asker> _askers = [];
    private readonly MeterBook _meters = new();

    public LookupScenario(LookupOptions? options = null, LookupPlace place = LookupPlace.Alone) => Lookups =
        new SharedLookups(
            Kit.System,
            "lookups",
            Source.Query,
            place,
            options ?? new LookupOptions(),
            NullLoggerFactory.Instance,
            _meters);

    public ActorTestKit Kit { get; } = new();

    public FakeSource Source { get; } = new();

    public SharedLookups Lookups { get; }

    /// <summary>The sum of what a counter was given so far.</summary>
    public double Metric(string name) => _meters[$"relay.lookups.{name}"];

    /// <summary>Somebody asks for a topic, and the actors have heard it.</summary>
    public Asker Ask(int topic = 1)
    {
        var asker = new Asker(Kit, token => Lookups.LookupAsync(FakeNode.Key(topic), token));
        _askers.Add(asker);
        Kit.RunUntilIdle();
        return asker;
    }

    /// <summary>The query number <paramref name="index"/>, when it was begun.</summary>
    public FakeQuery Query(int index = 0)
    {
        Kit.RunUntil(() => Source.Queries.Count > index, $"query {index}");
        return Source.Queries[index];
    }

    public void Forget(int topic = 1) => Kit.RunUntilCompleted(Lookups.ForgetAsync(FakeNode.Key(topic)).AsTask());

    public IReadOnlyList<TopicLookup> List() => Kit.RunUntilCompleted(Lookups.ListAsync());

    /// <summary>The query's actor has done with it.</summary>
    public void ExpectGone(FakeQuery query) => Kit.RunUntil(
        () => query.IsOver
            && List().All(lookup => lookup.Topic != query.Topic || lookup.State == TopicLookupState.Kept),
        "the query's end");

    public async ValueTask DisposeAsync()
    {
        foreach (Asker asker in _askers)
        {
            await asker.DisposeAsync();
        }

        await Kit.DisposeAsync();
        Assert.Null(Kit.Clock.UntilNextTimer);
        Assert.Empty(Kit.Failures);
        Kit.RunUntil(() => Source.Queries.All(static query => query.IsOver), "the end of all queries");
        Lookups.Dispose();
        _meters.Dispose();
    }
}
