using System.Text;
using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Host.Topics;

/// <summary>
/// 32 bytes as people write them: 64 hexadecimal digits are the bytes themselves, and any other text stands for the
/// BLAKE2b-256 of its UTF-8 bytes. That is what programs on the DHT do with the names of their topics
/// (<c>crypto.hash</c> of the npm package hypercore-crypto, <c>DHT.hash</c> of hyperdht).
/// </summary>
internal static class HexOrHash
{
    public static Fixed32 Read(string text) =>
        Fixed32.TryParse(text, out Fixed32 bytes) ? bytes : Blake2b.Hash(Encoding.UTF8.GetBytes(text));
}
