using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>The randomness that a node's state machines are made with.</summary>
/// <param name="TableId">What the routing table is arranged around while the node has no id.</param>
/// <param name="PreviousSecret">The first secret that tokens are accepted under.</param>
/// <param name="CurrentSecret">The first secret that tokens are issued under.</param>
/// <param name="Random">Seeds transaction ids, picks of nodes and jitter.</param>
internal sealed record RpcSeeds(Fixed32 TableId, Fixed32 PreviousSecret, Fixed32 CurrentSecret, int Random)
{
    /// <summary>Seeds from the operating system.</summary>
    public static RpcSeeds Draw()
    {
        Span<byte> seed = stackalloc byte[sizeof(int)];
        RandomBytes.Fill(seed);
        return new RpcSeeds(
            RandomBytes.NextFixed32(),
            RandomBytes.NextFixed32(),
            RandomBytes.NextFixed32(),
            BitConverter.ToInt32(seed));
    }
}
