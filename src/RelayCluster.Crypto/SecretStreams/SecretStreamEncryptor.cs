using System.Security.Cryptography;
using RelayCluster.Crypto.Sodium;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>One direction's sending half of XChaCha20-Poly1305 secretstream: messages in order, each once.</summary>
internal sealed class SecretStreamEncryptor : IDisposable
{
    private readonly byte[] _state = GC.AllocateArray<byte>(StreamCipher.StateSize, pinned: true);

    /// <summary>The header is 24 random bytes that the other side needs too.</summary>
    internal SecretStreamEncryptor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> header)
    {
        SodiumCall.RequireLength(key.Length, Fixed32.Size);
        SodiumCall.RequireLength(header.Length, StreamCipher.HeaderSize);

        // init_push is init_pull with a header of libsodium's own drawing; here it is handed in.
        SodiumCall.Check(NativeMethods.SecretStreamInit(_state, header, key));
    }

    internal ReadOnlySpan<byte> State => _state;

    public void Dispose() => CryptographicOperations.ZeroMemory(_state);

    /// <summary>
    /// <paramref name="ciphertext"/> is <see cref="StreamCipher.Overhead"/> longer than the plaintext.
    /// </summary>
    internal void Encrypt(
        ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext,
        byte tag = StreamCipher.MessageTag,
        ReadOnlySpan<byte> associated = default)
    {
        SodiumCall.RequireLength(ciphertext.Length, plaintext.Length + StreamCipher.Overhead);
        SodiumCall.Check(NativeMethods.SecretStreamPush(
            _state,
            ciphertext,
            ciphertextLength: 0,
            plaintext,
            (ulong)plaintext.Length,
            associated,
            (ulong)associated.Length,
            tag));
    }
}
