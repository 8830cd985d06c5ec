using System.Net;
using RelayCluster.Crypto;

namespace RelayCluster.Dht.Hyper;

/// <summary>How a <see cref="DhtNode"/> stands in the network. A node takes a copy when it starts.</summary>
public sealed class DhtNodeOptions
{
    /// <summary>
    /// Whom to ask first. Default: the public HyperDHT's nodes. Empty: this is the first node of a DHT.
    /// </summary>
    public IReadOnlyList<BootstrapNode> Bootstrap { get; set; } = BootstrapNode.Public;

    /// <summary>The IPv4 address to bind to. Default: all.</summary>
    public IPAddress Host { get; set; } = IPAddress.Any;

    /// <summary>The UDP port to bind to. Default 0: any free one.</summary>
    public int Port { get; set; }

    /// <summary>
    /// The key pair of connections that bring none of their own; it stays the caller's. Default: a new one.
    /// </summary>
    public KeyPair? KeyPair { get; set; }

    /// <summary>
    /// True: only ask others, never be asked. False: be a node that others store at, from the start. Default null:
    /// begin
    /// as the former, and become the latter when the node has been reachable and stable for long enough.
    /// </summary>
    public bool? Ephemeral { get; set; }

    /// <summary>
    /// False if it is known that anybody can send to this node's port. Default true: the node finds out by itself.
    /// </summary>
    public bool Firewalled { get; set; } = true;

    /// <summary>How often an idle connection says that it lives. Default 5 s, as the reference; zero: never.</summary>
    public TimeSpan ConnectionKeepAlive { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether handshakes tell this machine's local addresses, so that peers of the same network connect directly.
    /// Default true.
    /// </summary>
    public bool ShareLocalAddresses { get; set; } = true;

    /// <summary>
    /// How many bytes a connection holds at most in each direction, in bytes: received and not read yet, or written and
    /// not acknowledged yet. A long way needs its bandwidth times its round trip. Default 1 MiB.
    /// </summary>
    public int StreamBufferBytes { get; set; } = 1024 * 1024;
}
