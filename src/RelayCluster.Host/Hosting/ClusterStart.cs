using System.Diagnostics.Metrics;
using System.Reflection;
using RelayCluster.Cluster;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Placement;
using RelayCluster.Cluster.RabbitMq;
using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Hosting;

/// <summary>Makes the process's node of the fleet, as the options say.</summary>
internal static class ClusterStart
{
    public static ClusterNode Create(
        ServeOptions options,
        LocalHub hub,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        IMeterFactory meterFactory)
    {
        string name = options.Cluster.NodeName is { Length: > 0 } given ? given : Environment.MachineName;
        IFabric fabric = options.Cluster.Fabric switch
        {
            FabricKind.Local => new LocalFabric(name, hub, loggerFactory),
            _ => new RabbitMqFabric(name, options.Cluster.Rabbitmq, timeProvider, loggerFactory, meterFactory),
        };
        var nodeOptions = new ClusterNodeOptions
        {
            Version = Version,
            Connections = new NodeConnectionOptions
            {
                Host = options.Cluster.Splice.Host,
                Port = options.Cluster.Splice.Port,
                Tls = SpliceCertificates.Load(options.Cluster.Splice.Tls),
            },
            Lookups = CoreOptions.ForLookups(options),
            Shortcut = options.Cluster.Shortcut,
            Placement = new PlacementOptions
            {
                Mode = options.Cluster.Placement,
                Capacity = options.Limits.Sessions,
                BalanceMargin = options.Cluster.BalanceMargin,
                Timeout = options.Cluster.PlacementTimeout,
            },
        };
        var node = new ClusterNode(fabric, nodeOptions, timeProvider, loggerFactory, meterFactory);
        if (options.DrainTimeout > TimeSpan.Zero)
        {
            node.Drain.DefaultTimeout = options.DrainTimeout;
        }

        return node;
    }

    private static string Version => typeof(ClusterStart).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
