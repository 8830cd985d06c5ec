using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.RabbitMq;
using RelayCluster.Cluster.Tests.Fabric;
using RelayCluster.TestBroker;

namespace RelayCluster.Cluster.Tests.RabbitMq;

/// <summary>Nodes at a real broker.</summary>
internal sealed class RabbitMqEngine(Broker broker) : IFabricEngine
{
    public IFabric Create(string name)
    {
        Assert.True(BrokerAddress.TryParse(broker.Address, out BrokerAddress? address));
        return new RabbitMqFabric(name, address, TimeProvider.System, NullLoggerFactory.Instance);
    }

    /// <summary>For the others it is the same whether the process ends or the connection: the queue is gone.</summary>
    public async Task KillAsync(IFabric node) => await node.DisposeAsync();

    public Task StopAsync() => broker.StopAsync();

    public Task StartAgainAsync() => broker.StartAgainAsync();

    public Task PassAsync(TimeSpan time) => Task.Delay(time);
}
