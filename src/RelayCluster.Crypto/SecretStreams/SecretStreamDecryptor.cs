using System.Security.Cryptography;
using RelayCluster.Crypto.Sodium;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>One direction's receiving half of XChaCha20-Poly1305 secretstream.</summary>
internal sealed class SecretStreamDecryptor : IDisposable
{
    private readonly byte[] _state = GC.AllocateArray<byte>(StreamCipher.StateSize, pinned: true);

    internal SecretStreamDecryptor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> header)
    {
        SodiumCall.RequireLength(key.Length, Fixed32.Size);
        SodiumCall.RequireLength(header.Length, StreamCipher.HeaderSize);
        SodiumCall.Check(NativeMethods.SecretStreamInit(_state, header, key));
    }

    internal ReadOnlySpan<byte> State => _state;

    public void Dispose() => CryptographicOperations.ZeroMemory(_state);

    /// <summary>
    /// Fills <paramref name="plaintext"/>, which is <see cref="StreamCipher.Overhead"/> shorter than the ciphertext,
    /// and may be the place of its middle. False, and nothing is changed, if this is not the next message of the
    /// stream.
    /// </summary>
    internal bool TryDecrypt(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext) =>
        TryDecrypt(ciphertext, plaintext, associated: default, out _);

    internal bool TryDecrypt(
        ReadOnlySpan<byte> ciphertext,
        Span<byte> plaintext,
        ReadOnlySpan<byte> associated,
        out byte tag)
    {
        tag = 0;
        if (ciphertext.Length < StreamCipher.Overhead)
        {
            return false;
        }

        SodiumCall.RequireLength(plaintext.Length, ciphertext.Length - StreamCipher.Overhead);
        return NativeMethods.SecretStreamPull(
            _state,
            plaintext,
            plaintextLength: 0,
            out tag,
            ciphertext,
            (ulong)ciphertext.Length,
            associated,
            (ulong)associated.Length) == 0;
    }
}
