using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Crypto;

/// <summary>
/// An Ed25519 key pair as the DHT uses it. The secret key is libsodium's 64 bytes: the 32 byte seed, then the public key.
/// Its owner disposes it, which zeroes the secret.
/// </summary>
public sealed class KeyPair : IDisposable
{
    /// <summary>How many bytes the secret key has.</summary>
    public const int SecretKeySize = 64;

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

    /// <summary>Zeroes the secret key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secretKey);
}
