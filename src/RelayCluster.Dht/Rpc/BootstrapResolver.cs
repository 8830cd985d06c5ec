using System.Net;
using System.Net.Sockets;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc;

/// <summary>Turns bootstrap nodes into addresses.</summary>
internal sealed class BootstrapResolver
{
    private readonly IReadOnlyList<BootstrapAddress> _nodes;

    public BootstrapResolver(IReadOnlyList<BootstrapAddress> nodes)
    {
        _nodes = [.. nodes];
    }

    /// <summary>Whether names might lead elsewhere than the addresses that are known.</summary>
    public bool HasNames => _nodes.Any(node => node.HostName is not null);

    /// <summary>Whether nothing is known but names.</summary>
    public bool HasOnlyNames => _nodes.Count > 0 && _nodes.All(node => node.Address is null);

    /// <summary>The addresses that are known without asking anybody.</summary>
    public IReadOnlyList<UdpEndPoint> GetKnown() =>
        [.. _nodes.Where(node => node.Address is not null).Select(node => Join(node.Address!, node.Port))];

    /// <summary>The known addresses and those of the names, as far as they can be looked up.</summary>
    public async Task<IReadOnlyList<UdpEndPoint>> ResolveAsync(CancellationToken cancellationToken)
    {
        HashSet<UdpEndPoint> endPoints = [.. GetKnown()];
        foreach (BootstrapAddress node in _nodes)
        {
            if (node.HostName is null)
            {
                continue;
            }

            try
            {
                IPAddress[] addresses = await Dns
                    .GetHostAddressesAsync(node.HostName, AddressFamily.InterNetwork, cancellationToken)
                    .ConfigureAwait(false);
                endPoints.UnionWith(addresses.Take(1).Select(address => Join(address, node.Port)));
            }
            catch (SocketException)
            {
                // A name without an address: the other nodes may do, and if not, we are asked again.
            }
        }

        return [.. endPoints];
    }

    private static UdpEndPoint Join(IPAddress address, int port) => new(new IPEndPoint(address, port));
}
