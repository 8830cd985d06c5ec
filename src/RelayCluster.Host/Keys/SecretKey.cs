using System.Buffers;
using System.Security.Cryptography;
using RelayCluster.Crypto;

namespace RelayCluster.Host.Keys;

/// <summary>How secret keys are written.</summary>
internal static class SecretKey
{
    /// <summary>Reads 128 hexadecimal digits of a secret key, or 64 of its seed; null if it is neither.</summary>
    public static KeyPair? TryParse(ReadOnlySpan<byte> hex)
    {
        Span<byte> secret = stackalloc byte[KeyPair.SecretKeySize];
        try
        {
            if (hex.Length is not (2 * KeyPair.SecretKeySize or 2 * KeyPair.SeedSize)
                || Convert.FromHexString(hex, secret, out _, out int length) != OperationStatus.Done)
            {
                return null;
            }

            KeyPair pair = KeyPair.FromSeed(secret[..KeyPair.SeedSize]);
            if (length == KeyPair.SeedSize || pair.SecretKey.SequenceEqual(secret))
            {
                return pair;
            }

            // Its second half is the public key, and not the one of the first: a mistake in writing.
            pair.Dispose();
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
