using RelayCluster.Crypto;
using RelayCluster.Host.Topics;

namespace RelayCluster.Host.Keys;

/// <summary>
/// What a key pair is made of, as people write it: 32 bytes in hexadecimal, or any text, then hashed. A seed is as
/// secret as the key, and as easy to guess as it is short.
/// </summary>
internal static class Seed
{
    /// <summary>The key pair of a seed; the same text, the same pair.</summary>
    public static KeyPair ToKeyPair(string text) => KeyPair.FromSeed(HexOrHash.Read(text).Span);
}
