using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Tests.Fabric;

namespace RelayCluster.Cluster.Tests.Local;

/// <summary>Nodes at one hub, on virtual time.</summary>
internal sealed class LocalEngine : IFabricEngine
{
    private readonly VirtualClock _clock = new();
    private readonly LocalHub _hub;

    public LocalEngine() => _hub = new LocalHub(_clock);

    public IFabric Create(string name) => new LocalFabric(name, _hub, NullLoggerFactory.Instance);

    public Task KillAsync(IFabric node)
    {
        _hub.Kill(node.NodeName);
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _hub.Stop();
        return Task.CompletedTask;
    }

    public Task StartAgainAsync()
    {
        _hub.Restart();
        return Task.CompletedTask;
    }

    public Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Task.CompletedTask;
    }
}
