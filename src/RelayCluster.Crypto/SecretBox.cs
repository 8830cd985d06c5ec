using RelayCluster.Crypto.Sodium;
using RelayCluster.Wire;

namespace RelayCluster.Crypto;

/// <summary>XSalsa20-Poly1305 with the tag first, libsodium's "easy" layout: <c>tag 16 | ciphertext</c>.</summary>
public static class SecretBox
{
    /// <summary>How many bytes a key has.</summary>
    public const int KeySize = Fixed32.Size;

    /// <summary>How many bytes a nonce has.</summary>
    public const int NonceSize = 24;

    /// <summary>How many bytes a box is longer than its message.</summary>
    public const int TagSize = 16;

    /// <summary>Fills <paramref name="box"/>, which is <see cref="TagSize"/> longer than the message.</summary>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Seal(
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key,
        Span<byte> box)
    {
        SodiumCall.RequireLength(nonce.Length, NonceSize);
        SodiumCall.RequireLength(key.Length, KeySize);
        SodiumCall.RequireLength(box.Length, message.Length + TagSize);
        SodiumCall.Check(NativeMethods.SecretBoxEasy(box, message, (ulong)message.Length, nonce, key));
    }

    /// <summary>
    /// Opens a box into <paramref name="message"/>, which is <see cref="TagSize"/> shorter. False if it was not made
    /// with this key and nonce, or is too short to be a box.
    /// </summary>
    /// <exception cref="ArgumentException">A length of the caller's own is wrong.</exception>
    public static bool TryOpen(
        ReadOnlySpan<byte> box,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key,
        Span<byte> message)
    {
        SodiumCall.RequireLength(nonce.Length, NonceSize);
        SodiumCall.RequireLength(key.Length, KeySize);
        if (box.Length < TagSize)
        {
            return false;
        }

        SodiumCall.RequireLength(message.Length, box.Length - TagSize);
        return NativeMethods.SecretBoxOpenEasy(message, box, (ulong)box.Length, nonce, key) == 0;
    }
}
