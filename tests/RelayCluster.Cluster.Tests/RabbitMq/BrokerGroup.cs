using RelayCluster.TestBroker;

namespace RelayCluster.Cluster.Tests.RabbitMq;

/// <summary>The tests that share a broker, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrokerGroup : ICollectionFixture<SharedBroker>
{
    public const string Name = "broker";
}
