using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace RelayCluster.Dht.Hyper;

/// <summary>
/// A node that a new one asks first. Written <c>host:port</c>, or <c>address@host:port</c> where the address is tried
/// first, and the name is resolved only if nobody answers there.
/// </summary>
/// <param name="Host">A name or an IPv4 address.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="KnownAddress">Where the node was when this was written; null if nobody wrote it down.</param>
public sealed record BootstrapNode(string Host, int Port, IPAddress? KnownAddress = null)
{
    /// <summary>The public HyperDHT's bootstrap nodes (hyperdht, lib/constants.js).</summary>
    public static IReadOnlyList<BootstrapNode> Public { get; } =
    [
        new("node1.hyperdht.org", 49737, IPAddress.Parse("88.99.3.86")),
        new("node2.hyperdht.org", 49737, IPAddress.Parse("142.93.90.113")),
        new("node3.hyperdht.org", 49737, IPAddress.Parse("138.68.147.8")),
    ];

    /// <summary>The node at an address.</summary>
    public static BootstrapNode At(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new BootstrapNode(endPoint.Address.ToString(), endPoint.Port);
    }

    /// <summary>Reads <c>host:port</c> or <c>address@host:port</c>.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static BootstrapNode Parse(string text) =>
        TryParse(text, out BootstrapNode? node)
            ? node
            : throw new FormatException($"a bootstrap node is written host:port or address@host:port, not '{text}'");

    /// <summary>Reads <c>host:port</c> or <c>address@host:port</c>; false if the text is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out BootstrapNode? node)
    {
        node = null;
        int colon = text?.LastIndexOf(':') ?? -1;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (colon <= 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, invariant, out ushort port)
            || port == 0)
        {
            return false;
        }

        string host = text![..colon];
        IPAddress? known = null;
        int at = host.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!IPAddress.TryParse(host.AsSpan(0, at), out known))
            {
                return false;
            }

            host = host[(at + 1)..];
        }

        if (host.Length == 0 || Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
        {
            return false;
        }

        node = new BootstrapNode(host, port, known);
        return true;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => KnownAddress is null ? $"{Host}:{Port}" : $"{KnownAddress}@{Host}:{Port}";
}
