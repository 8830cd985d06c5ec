using RelayCluster.Crypto.Sodium;
using RelayCluster.Wire;

namespace RelayCluster.Crypto;

/// <summary>ChaCha20-Poly1305 (RFC 8439): nonces of 12 bytes, the tag behind the ciphertext.</summary>
public static class ChaChaPoly
{
    /// <summary>How many bytes a key has.</summary>
    public const int KeySize = Fixed32.Size;

    /// <summary>How many bytes a nonce has.</summary>
    public const int NonceSize = 12;

    /// <summary>How many bytes a ciphertext is longer than its plaintext.</summary>
    public const int TagSize = 16;

    /// <summary>
    /// Fills <paramref name="ciphertext"/>, which is <see cref="TagSize"/> longer than the plaintext.
    /// </summary>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Encrypt(
        ReadOnlySpan<byte> plaintext,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key,
        Span<byte> ciphertext)
    {
        SodiumCall.RequireLength(nonce.Length, NonceSize);
        SodiumCall.RequireLength(key.Length, KeySize);
        SodiumCall.RequireLength(ciphertext.Length, plaintext.Length + TagSize);
        SodiumCall.Check(NativeMethods.AeadEncrypt(
            ciphertext,
            ciphertextLength: 0,
            plaintext,
            (ulong)plaintext.Length,
            associated,
            (ulong)associated.Length,
            secretNonce: 0,
            nonce,
            key));
    }

    /// <summary>
    /// Decrypts into <paramref name="plaintext"/>, which is <see cref="TagSize"/> shorter. False if the ciphertext or
    /// the associated data are not what was encrypted.
    /// </summary>
    /// <exception cref="ArgumentException">A length of the caller's own is wrong.</exception>
    public static bool TryDecrypt(
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key,
        Span<byte> plaintext)
    {
        SodiumCall.RequireLength(nonce.Length, NonceSize);
        SodiumCall.RequireLength(key.Length, KeySize);
        if (ciphertext.Length < TagSize)
        {
            return false;
        }

        SodiumCall.RequireLength(plaintext.Length, ciphertext.Length - TagSize);
        return NativeMethods.AeadDecrypt(
            plaintext,
            plaintextLength: 0,
            secretNonce: 0,
            ciphertext,
            (ulong)ciphertext.Length,
            associated,
            (ulong)associated.Length,
            nonce,
            key) == 0;
    }
}
