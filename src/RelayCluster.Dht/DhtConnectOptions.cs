using RelayCluster.Crypto;

namespace RelayCluster.Dht;

/// <summary>How to connect.</summary>
public sealed class DhtConnectOptions
{
    /// <summary>The key pair to connect as; null for the node's default. It stays the caller's.</summary>
    public KeyPair? KeyPair { get; set; }
}
