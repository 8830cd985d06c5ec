using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Tests.Fabric;

public sealed class FabricAddressTests
{
    [Fact]
    public void An_owner_and_a_node_of_the_same_name_are_different_addresses() =>
        Assert.NotEqual(FabricAddress.OfNode("a"), FabricAddress.OfOwner("a", "a"));
}
