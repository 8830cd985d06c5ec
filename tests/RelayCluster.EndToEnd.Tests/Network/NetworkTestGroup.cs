namespace RelayCluster.EndToEnd.Tests.Network;

/// <summary>The tests that share a network.</summary>
[CollectionDefinition(Name)]
public sealed class NetworkTestGroup : ICollectionFixture<PrivateNetwork>
{
    public const string Name = "network";
}
