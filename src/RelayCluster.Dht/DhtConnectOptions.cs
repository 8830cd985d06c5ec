using RelayCluster.Crypto;

namespace RelayCluster.Dht;

/// <summary>How to connect.</summary>
public sealed class DhtConnectOptions
{
    /// <summary>The key pair to connect as; null for the node's default. It stays the caller's.</summary>
    public KeyPair? KeyPair { get; set; }

    /// <summary>
    /// How many bytes the stream's transport holds in each direction, for a reader or a network that does not keep up; null
    /// for the node's default. It bounds the speed on a long way: so much is under way at once.
    /// </summary>
    public int? BufferBytes { get; set; }

    /// <summary>
    /// What the stream's transport takes its share of, in the place of <see cref="BufferBytes"/>; null for no such budget.
    /// </summary>
    public IBufferBudget? Buffers { get; set; }
}
