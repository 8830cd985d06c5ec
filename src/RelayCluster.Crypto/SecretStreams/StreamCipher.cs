namespace RelayCluster.Crypto.SecretStreams;

/// <summary>The numbers of libsodium's crypto_secretstream_xchacha20poly1305.</summary>
internal static class StreamCipher
{
    /// <summary>The nonce that opens a direction, in the clear.</summary>
    internal const int HeaderSize = 24;

    /// <summary>One encrypted byte for the tag before the ciphertext, and the authenticator behind it.</summary>
    internal const int Overhead = TagSize + 16;

    internal const int TagSize = 1;

    /// <summary>Key 32, message counter 4 (little endian, from 1), nonce 8, padding 8.</summary>
    internal const int StateSize = 52;

    /// <summary>The tag of every message that a secret stream sends; on reading, any is taken.</summary>
    internal const byte MessageTag = 0;
}
