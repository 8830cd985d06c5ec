using System.Buffers.Binary;
using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Noise;

/// <summary>
/// Noise's CipherState (specification, section 5.1): a key and the number of its next message. The nonce is four zero
/// bytes, then the number in little endian. Without a key, bytes pass unchanged.
/// </summary>
internal sealed class CipherState : IDisposable
{
    private readonly byte[] _key = GC.AllocateArray<byte>(Fixed32.Size, pinned: true);

    internal bool HasKey { get; private set; }

    internal ulong Nonce { get; private set; }

    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>How many bytes encryption adds at this point of the handshake.</summary>
    internal int Overhead => HasKey ? ChaChaPoly.TagSize : 0;

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        HasKey = false;
    }

    internal void SetKey(ReadOnlySpan<byte> key, ulong nonce = 0)
    {
        key.CopyTo(_key);
        HasKey = true;
        Nonce = nonce;
    }

    internal void Encrypt(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated, Span<byte> ciphertext)
    {
        if (!HasKey)
        {
            plaintext.CopyTo(ciphertext);
            return;
        }

        Span<byte> nonce = stackalloc byte[ChaChaPoly.NonceSize];
        WriteNonce(nonce);
        ChaChaPoly.Encrypt(plaintext, associated, nonce, _key, ciphertext);
        Nonce++;
    }

    internal bool TryDecrypt(ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associated, Span<byte> plaintext)
    {
        if (!HasKey)
        {
            ciphertext.CopyTo(plaintext);
            return true;
        }

        Span<byte> nonce = stackalloc byte[ChaChaPoly.NonceSize];
        WriteNonce(nonce);
        if (!ChaChaPoly.TryDecrypt(ciphertext, associated, nonce, _key, plaintext))
        {
            return false;
        }

        Nonce++;
        return true;
    }

    private void WriteNonce(Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], Nonce);
    }
}
