using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Tests.Configuration;
using RelayCluster.Relay.Policy;

namespace RelayCluster.Host.Tests.Hosting;

public sealed class CoreOptionsTests
{
    [Fact]
    public void Each_limit_of_the_policy_is_the_one_of_its_name()
    {
        ServeOptions options = new Layers
        {
            File = """
                relay.limits {
                  session { bytes-per-second = 1k, opens-per-second = 2 }
                  address {
                    sessions = 3, streams = 4, servers = 5, queries = 6, bytes-per-second = 7k, opens-per-second = 8
                    ipv6-prefix = 56
                  }
                  node { streams = 9, servers = 10, queries = 11, bytes-per-second = 12k, opens-per-second = 13 }
                }
                """,
        }.Read();

        PolicyOptions policy = CoreOptions.ForPolicy(options);

        Assert.Equal((1024, 2), (policy.Session.BytesPerSecond, policy.Session.OpensPerSecond));
        Assert.Equal((3, 56), (policy.Address.Sessions, policy.Address.IPv6PrefixBits));
        Assert.Equal((4, 5, 6, 7 * 1024, 8), All(policy.Address));
        Assert.Equal((9, 10, 11, 12 * 1024, 13), All(policy.Node));
    }

    private static (int Streams, int Servers, int Queries, int Bytes, int Opens) All(UsageLimits limits) =>
        (limits.Streams, limits.Servers, limits.Queries, limits.BytesPerSecond, limits.OpensPerSecond);
}
