using RelayCluster.Cluster.Tests.Fabric;

namespace RelayCluster.Cluster.Tests.Local;

public sealed class LocalFabricTests() : FabricContract(new LocalEngine());
