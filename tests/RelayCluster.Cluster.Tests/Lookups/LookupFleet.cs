using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Lookups;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Tests.Lookups;

namespace RelayCluster.Cluster.Tests.Lookups;

/// <summary>Three nodes on virtual time that share their lookups.</summary>
internal sealed class LookupFleet : IAsyncDisposable
{
    public LookupFleet(LookupOptions? options = null)
    {
        Hub = new LocalHub(Kit.Clock);
        options ??= new LookupOptions();
        Nodes = [.. new[] { "a", "b", "c" }.Select(name => new LookupNode(name, Hub, Kit, options))];
        foreach (LookupNode node in Nodes)
        {
            node.Fabric.StartAsync(default).GetAwaiter().GetResult();
            node.Lookups.Start(node.Dht.Query);
            OwnTopics(node, true);
        }
    }

    public ActorTestKit Kit { get; } = new();

    public LocalHub Hub { get; }

    public LookupNode[] Nodes { get; }

    public static void OwnTopics(LookupNode node, bool owns) =>
        node.Lookups.OwnTopicsAsync(owns, default).AsTask().GetAwaiter().GetResult();

    /// <summary>None of the three owns topics any more.</summary>
    public void DisownTopics()
    {
        foreach (LookupNode node in Nodes)
        {
            OwnTopics(node, false);
        }
    }

    /// <summary>The owner of a topic, and the others.</summary>
    public (LookupNode Owner, LookupNode[] Others) Roles(int topic)
    {
        LocalCall call = Hub.Call(Nodes[0].Fabric, FleetLookups.OwnerOf(FakeQuery.Key(topic)), "test");
        Hub.End(call);
        return (
            Nodes.Single(node => node.Fabric == call.Answerer),
            [.. Nodes.Where(node => node.Fabric != call.Answerer)]);
    }

    /// <summary>How many queries of the DHT the fleet has run.</summary>
    public int QueryCount => Nodes.Sum(static node => node.Dht.Queries.Count);

    public async ValueTask DisposeAsync()
    {
        foreach (LookupNode node in Nodes)
        {
            await node.DisposeAsync();
        }

        await Kit.DisposeAsync();
        Assert.Null(Kit.Clock.UntilNextTimer);
    }
}
