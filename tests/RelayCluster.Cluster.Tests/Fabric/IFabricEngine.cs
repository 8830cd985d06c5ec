using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Tests.Fabric;

/// <summary>An implementation of <see cref="IFabric"/> and what may happen to it.</summary>
public interface IFabricEngine
{
    /// <summary>A node that is not started.</summary>
    IFabric Create(string name);

    /// <summary>A node dies.</summary>
    Task KillAsync(IFabric node);

    /// <summary>The engine goes away.</summary>
    Task StopAsync();

    /// <summary>The engine is back.</summary>
    Task StartAgainAsync();

    /// <summary>Lets the clock run.</summary>
    Task PassAsync(TimeSpan time);
}
