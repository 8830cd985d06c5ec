using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Directory;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Membership;

namespace RelayCluster.Cluster.Tests.Directory;

/// <summary>What the directory stands on, of one node.</summary>
internal sealed class DirectoryNode : IAsyncDisposable
{
    private readonly DirectoryScenario _scenario;
    private readonly LocalFabric _fabric;
    private readonly NodeConnections _connections;

    public DirectoryNode(DirectoryScenario scenario, string name)
    {
        _scenario = scenario;
        _fabric = new LocalFabric(name, scenario.Hub, NullLoggerFactory.Instance);
        var status = new NodeStatus
        {
            Name = name,
            Instance = Guid.NewGuid().ToString("N"),
            State = MemberState.Up,
        };
        Fleet = new Fleet(_fabric, status, scenario.Clock, NullLoggerFactory.Instance);
        _connections = new NodeConnections(
            _fabric,
            scenario.Lines.Join(name),
            new NodeConnectionOptions(),
            scenario.Clock,
            NullLoggerFactory.Instance);
        Directory = new FleetDirectory(_fabric, Fleet, _connections, scenario.Clock, NullLoggerFactory.Instance);
    }

    public string Name => _fabric.NodeName;

    public Fleet Fleet { get; }

    public FleetDirectory Directory { get; }

    public async Task StartAsync()
    {
        await _fabric.StartAsync(CancellationToken.None);
        await _connections.StartAsync(CancellationToken.None);
        await Fleet.StartAsync(CancellationToken.None);
        Directory.Start();
    }

    /// <summary>As by a signal that cannot be caught: nobody is told.</summary>
    public async Task KillAsync()
    {
        _scenario.Hub.Kill(Name);
        await _connections.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Directory.DisposeAsync();
        await Fleet.DisposeAsync();
        await _connections.DisposeAsync();
        await _fabric.DisposeAsync();
    }
}
