using System.Buffers.Binary;
using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// Messages beside a secret stream that may be lost or overtake each other (the reference's <c>send</c>): each carries
/// its nonce, a counter that starts at random: <c>counter 8 | XSalsa20-Poly1305 box</c>. The nonce is the counter
/// followed by zeros. Nothing is remembered on receipt, so a datagram sent twice is read twice.
/// </summary>
internal sealed class SecretDatagrams : IDisposable
{
    internal const int CounterSize = 8;

    internal const int Overhead = CounterSize + SecretBox.TagSize;

    private const string ProtocolName = "hyperswarm/secret-stream";

    private static readonly Fixed32 Initiator = Blake2b.Namespace(ProtocolName, 0);
    private static readonly Fixed32 Responder = Blake2b.Namespace(ProtocolName, 1);
    private static readonly Fixed32 Send = Blake2b.Namespace(ProtocolName, 2);

    private readonly byte[] _keys = GC.AllocateArray<byte>(2 * SecretBox.KeySize, pinned: true);
    private readonly ulong _initialCounter;
    private ulong _counter;

    /// <summary>The counter is random, so that two lives of one stream share no nonce.</summary>
    internal SecretDatagrams(ReadOnlySpan<byte> handshakeHash, bool isInitiator, ulong initialCounter)
    {
        DeriveKey(isInitiator ? Initiator : Responder, handshakeHash, EncryptKey);
        DeriveKey(isInitiator ? Responder : Initiator, handshakeHash, DecryptKey);
        _initialCounter = initialCounter;
        _counter = initialCounter;
    }

    internal Span<byte> EncryptKey => _keys.AsSpan(0, SecretBox.KeySize);

    internal Span<byte> DecryptKey => _keys.AsSpan(SecretBox.KeySize);

    public void Dispose() => CryptographicOperations.ZeroMemory(_keys);

    /// <summary>Fills <paramref name="datagram"/>, which is <see cref="Overhead"/> longer than the message.</summary>
    /// <exception cref="InvalidOperationException">All 2^64 nonces were used.</exception>
    internal void Encrypt(ReadOnlySpan<byte> message, Span<byte> datagram)
    {
        ulong counter = _counter + 1;
        if (counter == _initialCounter)
        {
            throw new InvalidOperationException("Every nonce of the stream's datagrams was used");
        }

        _counter = counter;
        Span<byte> nonce = stackalloc byte[SecretBox.NonceSize];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, counter);
        nonce[..CounterSize].CopyTo(datagram);
        SecretBox.Seal(message, nonce, EncryptKey, datagram[CounterSize..]);
    }

    /// <summary>
    /// Fills <paramref name="message"/>, which is <see cref="Overhead"/> shorter; false for what the other side did not
    /// make.
    /// </summary>
    internal bool TryDecrypt(ReadOnlySpan<byte> datagram, Span<byte> message)
    {
        if (datagram.Length < Overhead)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[SecretBox.NonceSize];
        nonce.Clear();
        datagram[..CounterSize].CopyTo(nonce);
        return SecretBox.TryOpen(datagram[CounterSize..], nonce, DecryptKey, message);
    }

    private static void DeriveKey(Fixed32 side, ReadOnlySpan<byte> handshakeHash, Span<byte> key) =>
        Blake2b.HashParts(key, side.Span, Send.Span, key: handshakeHash);
}
