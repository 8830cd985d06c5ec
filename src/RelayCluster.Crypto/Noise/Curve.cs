using System.Security.Cryptography;
using RelayCluster.Crypto.Sodium;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Noise;

/// <summary>
/// Diffie-Hellman on Ed25519 points, so that the keys that sign are the keys that shake hands (the reference's
/// noise-curve-ed). The scalar of a key pair is the one that signs: the first half of SHA-512 of the seed, clamped. The
/// multiplication itself does not clamp, so that a tweaked scalar would serve as well.
/// </summary>
internal static class Curve
{
    internal const int Size = Fixed32.Size;

    /// <summary>The scalar behind a secret key of 64 bytes.</summary>
    internal static void DeriveScalar(ReadOnlySpan<byte> secretKey, Span<byte> scalar)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(secretKey[..KeyPair.SeedSize], hash);
        hash[..Size].CopyTo(scalar);
        CryptographicOperations.ZeroMemory(hash);

        scalar[0] &= 0b1111_1000;
        scalar[31] &= 0b0111_1111;
        scalar[31] |= 0b0100_0000;
    }

    /// <summary>
    /// The shared point. False for what must be refused as a key: not canonical, not on the curve, of small order, or
    /// outside the main subgroup.
    /// </summary>
    internal static bool TryMultiply(ReadOnlySpan<byte> scalar, Fixed32 publicKey, Span<byte> shared)
    {
        SodiumCall.RequireLength(scalar.Length, Size);
        SodiumCall.RequireLength(shared.Length, Size);
        return NativeMethods.ScalarMultNoClamp(shared, scalar, publicKey.Span) == 0;
    }
}
