using System.Security.Cryptography;
using RelayCluster.Crypto.Sodium;
using RelayCluster.Wire;

namespace RelayCluster.Crypto;

/// <summary>
/// An Ed25519 key pair as the DHT uses it. The secret key is libsodium's 64 bytes: the 32 byte seed, then the public
/// key. Its owner disposes it, which zeroes the secret.
/// </summary>
public sealed class KeyPair : IDisposable
{
    /// <summary>How many bytes the secret key has.</summary>
    public const int SecretKeySize = 64;

    /// <summary>How many bytes a seed has.</summary>
    public const int SeedSize = 32;

    private readonly byte[] _secretKey;

    /// <summary>Takes a copy of both keys.</summary>
    /// <exception cref="ArgumentException">The secret key is not 64 bytes long.</exception>
    public KeyPair(Fixed32 publicKey, ReadOnlySpan<byte> secretKey)
    {
        if (secretKey.Length != SecretKeySize)
        {
            throw new ArgumentException($"{SecretKeySize} bytes are needed, not {secretKey.Length}", nameof(secretKey));
        }

        PublicKey = publicKey;
        _secretKey = GC.AllocateUninitializedArray<byte>(SecretKeySize, pinned: true);
        secretKey.CopyTo(_secretKey);
    }

    /// <summary>The public half; also how the pair is named in logs.</summary>
    public Fixed32 PublicKey { get; }

    /// <summary>The 64 secret bytes; all zero after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> SecretKey => _secretKey;

    /// <summary>A new pair that nobody else has.</summary>
    public static KeyPair Generate()
    {
        Span<byte> seed = stackalloc byte[SeedSize];
        RandomBytes.Fill(seed);
        KeyPair pair = FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    /// <summary>The pair that belongs to a seed: the same seed, the same pair.</summary>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public static KeyPair FromSeed(ReadOnlySpan<byte> seed)
    {
        SodiumCall.RequireLength(seed.Length, SeedSize);
        Span<byte> publicKey = stackalloc byte[Fixed32.Size];
        Span<byte> secretKey = stackalloc byte[SecretKeySize];
        SodiumCall.Check(NativeMethods.SignSeedKeyPair(publicKey, secretKey, seed));
        var pair = new KeyPair(new Fixed32(publicKey), secretKey);
        CryptographicOperations.ZeroMemory(secretKey);
        return pair;
    }

    /// <summary>
    /// Whether the secret half is the public one's: for a pair that somebody else has put together. Not after
    /// <see cref="Dispose"/>.
    /// </summary>
    public bool HasMatchingHalves()
    {
        using KeyPair derived = FromSeed(SecretKey[..SeedSize]);
        return derived.PublicKey == PublicKey && CryptographicOperations.FixedTimeEquals(derived.SecretKey, SecretKey);
    }

    /// <summary>Zeroes the secret key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secretKey);
}
