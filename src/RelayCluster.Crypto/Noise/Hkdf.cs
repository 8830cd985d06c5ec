using System.Diagnostics;
using System.Security.Cryptography;

namespace RelayCluster.Crypto.Noise;

/// <summary>HKDF (RFC 5869) over <see cref="HmacBlake2b"/> without an info text, which Noise has none of.</summary>
internal static class Hkdf
{
    /// <summary>
    /// Fills <paramref name="output"/>, whose length is a multiple of 64, from a salt (Noise's chaining key) and the
    /// input key material. The output may be the place of neither.
    /// </summary>
    internal static void Derive(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> inputKeyMaterial, Span<byte> output)
    {
        Debug.Assert(output.Length > 0 && output.Length % HmacBlake2b.Size == 0, "whole blocks");
        Span<byte> pseudoRandomKey = stackalloc byte[HmacBlake2b.Size];
        HmacBlake2b.Compute(salt, inputKeyMaterial, default, pseudoRandomKey);

        ReadOnlySpan<byte> previous = default;
        for (byte number = 1; output.Length > 0; number++)
        {
            Span<byte> block = output[..HmacBlake2b.Size];
            HmacBlake2b.Compute(pseudoRandomKey, previous, [number], block);
            previous = block;
            output = output[HmacBlake2b.Size..];
        }

        CryptographicOperations.ZeroMemory(pseudoRandomKey);
    }
}
