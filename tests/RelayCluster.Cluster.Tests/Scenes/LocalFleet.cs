using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Membership;
using RelayCluster.Cluster.Placement;
using RelayCluster.Meters;

namespace RelayCluster.Cluster.Tests.Scenes;

/// <summary>A fleet in the test's process, on its clock, with the counts of each node.</summary>
internal sealed class LocalFleet : IAsyncDisposable
{
    private readonly Dictionary<string, ClusterNode> _nodes = [];

    public VirtualClock Clock { get; } = new();

    public LocalHub Hub { get; }

    /// <summary>Everything that the nodes' meters count, by node.</summary>
    public Dictionary<string, MeterBook> Meters { get; } = [];

    public LocalFleet() => Hub = new LocalHub(Clock);

    public ClusterNode this[string name] => _nodes[name];

    /// <summary>A fleet of nodes a, b and c.</summary>
    /// <param name="placement">How all of them place sessions.</param>
    /// <param name="serveAsync">Serves a session at a node; by default, until its client is gone.</param>
    public static async Task<LocalFleet> StartAsync(
        PlacementOptions placement,
        Func<string, SessionHandler>? serveAsync = null)
    {
        var fleet = new LocalFleet();
        foreach (string name in (string[])["a", "b", "c"])
        {
            await fleet.AddAsync(name, placement, serveAsync?.Invoke(name) ?? UntilGoneAsync);
        }

        return fleet;
    }

    public async Task AddAsync(string name, PlacementOptions placement, SessionHandler serveAsync)
    {
        Meters[name] = new MeterBook();
        var node = new ClusterNode(
            new LocalFabric(name, Hub, NullLoggerFactory.Instance),
            new ClusterNodeOptions { Placement = placement },
            Clock,
            NullLoggerFactory.Instance,
            Meters[name]);
        node.Placement.Serve(serveAsync);
        _nodes[name] = node;
        await node.StartAsync(CancellationToken.None);
        await node.AnnounceAsync(MemberState.Up, CancellationToken.None);
    }

    /// <summary>How many sessions each node has.</summary>
    public int[] Counts() => [.. _nodes.Values.Select(node => node.Placement.SessionCount)];

    /// <summary>Lets the nodes' tasks run until something has come of it.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline.Value, "it did not come to that");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterNode node in _nodes.Values)
        {
            await node.DisposeAsync().WithDeadline();
        }

        foreach (MeterBook meters in Meters.Values)
        {
            meters.Dispose();
        }
    }

    private static async Task UntilGoneAsync(
        RelayCluster.Relay.ClientOrigin origin,
        System.IO.Pipelines.IDuplexPipe client,
        CancellationToken cancellationToken) =>
        await client.Input.CopyToAsync(Stream.Null, cancellationToken);
}
