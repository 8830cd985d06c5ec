using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace RelayCluster.Host.Proxies;

/// <summary>The proxies that are believed when they say whom they speak for; nobody else is.</summary>
internal sealed class TrustedProxies(IReadOnlyList<IPNetwork> networks)
{
    /// <summary>Whether there are any.</summary>
    public bool Any => networks.Count > 0;

    /// <summary>Whether a connection comes from one of them.</summary>
    public bool Contains(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: var address })
        {
            return false;
        }

        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => network.Contains(plain));
    }

    /// <summary>
    /// How X-Forwarded-For is read: from its end, past proxies that are believed, to the first address that is not one.
    /// Only for use if there are <see cref="Any"/>: without a list ASP.NET Core believes everybody.
    /// </summary>
    public ForwardedHeadersOptions ToForwardedHeaders()
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (IPNetwork network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        return options;
    }
}
