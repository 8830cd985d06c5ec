using RelayCluster.Crypto.Sodium;
using RelayCluster.Wire;

namespace RelayCluster.Crypto;

/// <summary>Detached Ed25519 signatures (RFC 8032).</summary>
public static class Ed25519
{
    /// <summary>How many bytes a signature has.</summary>
    public const int SignatureSize = 64;

    /// <summary>Signs a message of any length.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> message, KeyPair keyPair)
    {
        var signature = new byte[SignatureSize];
        Sign(message, keyPair, signature);
        return signature;
    }

    /// <summary>Signs a message of any length into 64 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="signature"/> is not 64 bytes long.</exception>
    public static void Sign(ReadOnlySpan<byte> message, KeyPair keyPair, Span<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        SodiumCall.RequireLength(signature.Length, SignatureSize);
        SodiumCall.Check(NativeMethods.SignDetached(
            signature, signatureLength: 0, message, (ulong)message.Length, keyPair.SecretKey));
    }

    /// <summary>
    /// Whether the key's owner signed the message. False for anything malformed too: a signature of another length, a
    /// key that is no point of the curve or one of small order.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, Fixed32 publicKey) =>
        signature.Length == SignatureSize
        && NativeMethods.SignVerifyDetached(signature, message, (ulong)message.Length, publicKey.Span) == 0;
}
