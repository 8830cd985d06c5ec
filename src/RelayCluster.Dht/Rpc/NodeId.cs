using System.Numerics;
using RelayCluster.Crypto;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// A node's id is BLAKE2b-256 of its address as it stands in messages, so nobody chooses where in the key space it
/// stands other than by moving house. Distance is the exclusive or, read as a number.
/// </summary>
internal static class NodeId
{
    /// <summary>The id of the node at an address.</summary>
    public static Fixed32 Of(UdpEndPoint endPoint)
    {
        Span<byte> address = stackalloc byte[EndPointCodec.Size];
        var writer = new CompactWriter(address);
        EndPointCodec.Write(ref writer, endPoint);
        return Blake2b.Hash(address);
    }

    /// <summary>
    /// Negative if <paramref name="a"/> is closer to the target than <paramref name="b"/>; 0 if they are equal.
    /// </summary>
    public static int CompareDistance(in Fixed32 target, in Fixed32 a, in Fixed32 b)
    {
        int i = a.Span.CommonPrefixLength(b.Span);
        return i == Fixed32.Size ? 0 : (target.Span[i] ^ a.Span[i]) - (target.Span[i] ^ b.Span[i]);
    }

    /// <summary>How many leading bits two ids share: 0 to 256.</summary>
    public static int CommonBits(in Fixed32 a, in Fixed32 b)
    {
        int i = a.Span.CommonPrefixLength(b.Span);
        return i == Fixed32.Size
            ? 8 * Fixed32.Size
            : (8 * i) + BitOperations.LeadingZeroCount((uint)(a.Span[i] ^ b.Span[i])) - 24;
    }
}
