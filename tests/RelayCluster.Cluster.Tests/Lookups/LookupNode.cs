using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors;
using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Lookups;
using RelayCluster.Meters;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Tests.Lookups;

namespace RelayCluster.Cluster.Tests.Lookups;

/// <summary>A node of the fleet, with a DHT that the test answers for.</summary>
internal sealed class LookupNode : IAsyncDisposable
{
    private readonly ActorTestKit _kit;
    private readonly ClusterMetrics _metrics;
    private readonly MeterBook _meters = new();
    private readonly List<Asker> _askers = [];

    public LookupNode(string name, LocalHub hub, ActorTestKit kit, LookupOptions options)
    {
        _kit = kit;
        Fabric = new LocalFabric(name, hub, NullLoggerFactory.Instance);
        _metrics = new ClusterMetrics(_meters);
        Lookups = new FleetLookups(
            Fabric,
            options,
            new ActorSystemOptions { TimeProvider = kit.Clock, Dispatcher = kit.Dispatcher },
            NullLoggerFactory.Instance,
            _metrics,
            _meters);
    }

    public string Name => Fabric.NodeName;

    public LocalFabric Fabric { get; }

    public FleetLookups Lookups { get; }

    public FakeSource Dht { get; } = new();

    /// <summary>The sum of what a counter was given so far.</summary>
    public double Metric(string name) => _meters[name];

    /// <summary>A session asks for a topic, and its node has heard it.</summary>
    public Asker Ask(int topic)
    {
        var asker = new Asker(_kit, token => Lookups.LookupAsync(FakeQuery.Key(topic), token));
        _askers.Add(asker);
        _kit.RunUntilIdle();
        return asker;
    }

    /// <summary>The node's query of the DHT number <paramref name="index"/>, when it was begun.</summary>
    public FakeQuery Query(int index = 0)
    {
        _kit.RunUntil(() => Dht.Queries.Count > index, $"query {index} of node {Name}");
        return Dht.Queries[index];
    }

    /// <summary>A session has changed a topic.</summary>
    public void Forget(int topic) => _kit.RunUntilCompleted(Lookups.ForgetAsync(FakeQuery.Key(topic)).AsTask());

    public IReadOnlyList<TopicLookup> List() => _kit.RunUntilCompleted(Lookups.ListAsync());

    public async ValueTask DisposeAsync()
    {
        foreach (Asker asker in _askers)
        {
            await asker.DisposeAsync();
        }

        _kit.RunUntilCompleted(Lookups.DisposeAsync().AsTask());
        _kit.RunUntilCompleted(Fabric.DisposeAsync().AsTask());
        _kit.RunUntil(() => Dht.Queries.All(static query => query.IsOver), "the end of all queries");
        _metrics.Dispose();
        _meters.Dispose();
    }
}
