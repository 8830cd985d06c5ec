using System.Diagnostics;
using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Noise;

/// <summary>
/// Noise's SymmetricState (specification, section 5.2): the running hash of all that was said, the chaining key of all
/// that was agreed on, and the cipher that follows from it.
/// </summary>
internal sealed class SymmetricState : IDisposable
{
    private const int HashSize = HmacBlake2b.Size;

    private readonly byte[] _hash = GC.AllocateArray<byte>(HashSize, pinned: true);
    private readonly byte[] _chainingKey = GC.AllocateArray<byte>(HashSize, pinned: true);

    /// <summary>Starts from the protocol's name, which is short enough to be its own hash.</summary>
    internal SymmetricState(ReadOnlySpan<byte> protocolName)
    {
        Debug.Assert(protocolName.Length <= HashSize, "longer names are hashed");
        protocolName.CopyTo(_hash);
        _hash.CopyTo(_chainingKey, 0);
    }

    internal CipherState Cipher { get; } = new();

    internal ReadOnlySpan<byte> Hash => _hash;

    internal ReadOnlySpan<byte> ChainingKey => _chainingKey;

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_hash);
        CryptographicOperations.ZeroMemory(_chainingKey);
        Cipher.Dispose();
    }

    internal void MixHash(ReadOnlySpan<byte> data) => Blake2b.HashParts(_hash, _hash, data);

    internal void MixKey(ReadOnlySpan<byte> shared)
    {
        Span<byte> output = stackalloc byte[2 * HashSize];
        Hkdf.Derive(_chainingKey, shared, output);
        output[..HashSize].CopyTo(_chainingKey);
        Cipher.SetKey(output.Slice(HashSize, Fixed32.Size));
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary><paramref name="ciphertext"/> is longer by the cipher's overhead.</summary>
    internal void EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        Cipher.Encrypt(plaintext, _hash, ciphertext);
        MixHash(ciphertext);
    }

    /// <summary><paramref name="plaintext"/> is shorter by the cipher's overhead.</summary>
    internal bool TryDecryptAndHash(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        if (!Cipher.TryDecrypt(ciphertext, _hash, plaintext))
        {
            return false;
        }

        MixHash(ciphertext);
        return true;
    }

    /// <summary>The two keys of what follows the handshake: the initiator's, then the responder's.</summary>
    internal void Split(Span<byte> initiatorKey, Span<byte> responderKey)
    {
        Span<byte> output = stackalloc byte[2 * HashSize];
        Hkdf.Derive(_chainingKey, default, output);
        output[..Fixed32.Size].CopyTo(initiatorKey);
        output.Slice(HashSize, Fixed32.Size).CopyTo(responderKey);
        CryptographicOperations.ZeroMemory(output);
    }
}
