using System.Net;
using RelayCluster.Dht.Hyper;

namespace RelayCluster.Host.Configuration;

/// <summary>The relay's own DHT node.</summary>
internal sealed class DhtOptions
{
    /// <summary>The IPv4 address to bind to.</summary>
    public IPAddress Host { get; set; } = IPAddress.Any;

    /// <summary>The UDP port to bind to; 0 takes any free one.</summary>
    [Between("0", "65535")]
    public int Port { get; set; }

    /// <summary>Whom to ask first.</summary>
    public IReadOnlyList<BootstrapNode> Bootstrap { get; set; } = BootstrapNode.Public;

    /// <summary>Whether to start a private DHT in the process and join that.</summary>
    public bool Testnet { get; set; }
}
