using System.Net;

namespace RelayCluster.Dht.Rpc;

/// <summary>How a node joins.</summary>
internal sealed class RpcNodeOptions
{
    /// <summary>The local IPv4 address and port; port 0 takes any free one. Default: all addresses, any port.</summary>
    public IPEndPoint BindAddress { get; set; } = new(IPAddress.Any, 0);

    /// <summary>The nodes to ask first. None for the first node of a DHT of one's own.</summary>
    public IReadOnlyList<BootstrapAddress> Bootstrap { get; set; } = [];

    /// <summary>
    /// Whether the node keeps its id to itself, so that others neither list it nor store at it. False makes it a full
    /// member as soon as it knows its address. Null, the default, begins ephemeral and becomes a member after 20
    /// minutes at an unchanged public address, if it is not <see cref="Firewalled"/>.
    /// </summary>
    public bool? Ephemeral { get; set; }

    /// <summary>
    /// Whether strangers cannot send to the node without its sending first. Null means true unless
    /// <see cref="Ephemeral"/> is false. See <see cref="RpcNode"/> on why the node does not find out by itself.
    /// </summary>
    public bool? Firewalled { get; set; }

    /// <summary>How many requests of a query are under way at once (1 to 100).</summary>
    public int Concurrency { get; set; } = 10;

    /// <summary>
    /// How many requests may be sent within 750 ms without a reply to them; in 3 s it is twice as many. The default is
    /// the reference's.
    /// </summary>
    public int MaxCongestionWindow { get; set; } = 80;

    /// <summary>
    /// Whether the wait for a reply follows the round trips measured to each node. False, the reference's default,
    /// waits one second.
    /// </summary>
    public bool AdaptiveTimeouts { get; set; }

    /// <summary>What to leave out of the routing table and of queries; null for nothing.</summary>
    public Func<Udx.Sockets.UdpEndPoint, bool>? NodeFilter { get; set; }
}
