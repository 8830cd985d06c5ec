using System.Diagnostics.Metrics;
using System.Net.Sockets;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Access;

/// <summary>Starts DHT nodes, and says in a line why one does not.</summary>
internal static class NodeStart
{
    /// <param name="options">How the node joins.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <param name="settings">What its address and its port are called where they were set.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="meterFactory">Where its meters come from; null: it is not measured.</param>
    /// <exception cref="StartupException">The address cannot be bound to.</exception>
    public static async Task<DhtNode> StartAsync(
        DhtNodeOptions options,
        ILoggerFactory? loggerFactory,
        (string Host, string Port) settings,
        CancellationToken cancellationToken,
        IMeterFactory? meterFactory = null)
    {
        try
        {
            return await DhtNode.StartAsync(
                options, TimeProvider.System, loggerFactory, meterFactory, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new StartupException(
                $"the DHT node cannot use UDP {options.Host}:{options.Port}: {e.Message}; " +
                $"{settings.Host} needs an address of this machine, {settings.Port} a free port or 0",
                e);
        }
    }
}
