using RelayCluster.Cluster.Tests.Fabric;
using RelayCluster.TestBroker;

namespace RelayCluster.Cluster.Tests.RabbitMq;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqFabricTests(SharedBroker shared) : FabricContract(new RabbitMqEngine(shared.Broker));
