using System.Security.Cryptography;

namespace RelayCluster.Crypto.Noise;

/// <summary>HMAC (RFC 2104) over BLAKE2b-512, whose block is 128 bytes; Noise derives every key with it.</summary>
internal static class HmacBlake2b
{
    internal const int Size = 64;

    private const int BlockSize = 128;
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    /// <summary>The code of the two parts put together; <paramref name="mac"/> may overlap neither.</summary>
    internal static void Compute(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        Span<byte> mac)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        block.Clear();
        if (key.Length > BlockSize)
        {
            Blake2b.Hash(key, block[..Size]);
        }
        else
        {
            key.CopyTo(block);
        }

        Flip(block, InnerPad);
        Blake2b.HashParts(mac, block, first, second);
        Flip(block, InnerPad ^ OuterPad);
        Blake2b.HashParts(mac, block, mac);
        CryptographicOperations.ZeroMemory(block);
    }

    private static void Flip(Span<byte> block, byte pad)
    {
        foreach (ref byte b in block)
        {
            b ^= pad;
        }
    }
}
