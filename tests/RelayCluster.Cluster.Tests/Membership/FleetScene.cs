using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Membership;

namespace RelayCluster.Cluster.Tests.Membership;

/// <summary>Some nodes that know of each other, on virtual time.</summary>
internal sealed class FleetScene : IAsyncDisposable
{
    private readonly Dictionary<string, (LocalFabric Fabric, Fleet Fleet)> _nodes = [];
    private int _starts;

    public FleetScene() => Hub = new LocalHub(Clock);

    public VirtualClock Clock { get; } = new();

    public LocalHub Hub { get; }

    /// <summary>What a node has seen happen to others: their name and their new state.</summary>
    public Dictionary<string, List<(string Name, MemberState State)>> Seen { get; } = [];

    public Fleet this[string name] => _nodes[name].Fleet;

    public async Task<Fleet> StartAsync(string name)
    {
        var fabric = new LocalFabric(name, Hub, NullLoggerFactory.Instance);
        var status = new NodeStatus { Name = name, Instance = $"start {++_starts}", State = MemberState.Joining };
        var fleet = new Fleet(fabric, status, Clock, NullLoggerFactory.Instance);
        List<(string, MemberState)> seen = Seen[name] = [];
        fleet.Changed += change => seen.Add((change.Name, change.Now.State));
        await fabric.StartAsync(default);
        await fleet.StartAsync(default);
        _nodes[name] = (fabric, fleet);
        return fleet;
    }

    /// <summary>Nodes that are up, and know it of each other.</summary>
    public static async Task<FleetScene> OfAsync(params string[] names)
    {
        var scene = new FleetScene();
        foreach (string name in names)
        {
            Fleet fleet = await scene.StartAsync(name);
            await fleet.UpdateAsync(status => status with { State = MemberState.Up }, default);
        }

        foreach (List<(string, MemberState)> seen in scene.Seen.Values)
        {
            seen.Clear();
        }

        return scene;
    }

    /// <summary>How the nodes stand as one of them sees it.</summary>
    public Dictionary<string, MemberState> View(string from) =>
        this[from].Members.ToDictionary(member => member.Name, member => member.State);

    public void Pass(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public async Task LeaveAsync(string name)
    {
        await this[name].DisposeAsync();
        await _nodes[name].Fabric.DisposeAsync();
        _nodes.Remove(name);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string name in _nodes.Keys.ToArray())
        {
            await LeaveAsync(name);
        }
    }
}
