using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Membership;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Tests.Administration;

/// <summary>Nodes in one process, each with a relay, on one virtual clock.</summary>
internal sealed class AdministeredFleet : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, (ClusterNode Node, RelayServer Relay)> _nodes = [];
    private readonly List<Task> _sessions = [];

    private AdministeredFleet() => Hub = new LocalHub(Clock);

    public VirtualClock Clock { get; } = new();

    public LocalHub Hub { get; }

    public ClusterNode this[string name] => _nodes[name].Node;

    public RelayServer Relay(string name) => _nodes[name].Relay;

    /// <summary>A fleet whose nodes all serve, and know each other.</summary>
    public static async Task<AdministeredFleet> StartAsync(params string[] names)
    {
        var fleet = new AdministeredFleet();
        foreach (string name in names)
        {
            ClusterNode node = fleet.Add(name);
            await node.StartAsync(CancellationToken.None);
            await node.ServeAsync(fleet._nodes[name].Relay, CancellationToken.None);
        }

        foreach (string name in names)
        {
            await fleet[name].Fleet
                .WaitUntilAsync(members => members.Count(member => member.State == MemberState.Up) == names.Length)
                .WaitAsync(Deadline);
        }

        return fleet;
    }

    public static Task<T> WithinAsync<T>(Task<T> task) => task.WaitAsync(Deadline);

    public static Task WithinAsync(Task task) => task.WaitAsync(Deadline);

    /// <summary>A session on a node, which is there when this returns.</summary>
    public async Task<(SilentClient Client, Task Session)> ConnectAsync(string node)
    {
        RelayServer relay = _nodes[node].Relay;
        var client = new SilentClient();
        Task session = relay.ServeAsync(client);
        _sessions.Add(session);

        // The parent of sessions makes one after the other, so all that came before are there too.
        await foreach (var _ in relay.GetSessionsAsync())
        {
        }

        return (client, session);
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((ClusterNode node, RelayServer relay) in _nodes.Values)
        {
            await relay.DisposeAsync();
            await node.DisposeAsync();
        }

        await WithinAsync(Task.WhenAll(_sessions));
    }

    private ClusterNode Add(string name)
    {
        var fabric = new LocalFabric(name, Hub, NullLoggerFactory.Instance);
        var options = new ClusterNodeOptions { Version = "1.2.3" };
        var node = new ClusterNode(fabric, options, Clock, NullLoggerFactory.Instance);
        var relay = new RelayServer(
            new NobodyNode(), new RelayOptions { NodeName = name }, Clock, NullLoggerFactory.Instance);
        _nodes.Add(name, (node, relay));
        return node;
    }
}
