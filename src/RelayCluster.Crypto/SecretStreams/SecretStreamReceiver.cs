using System.Buffers;
using System.Security.Cryptography;
using RelayCluster.Crypto.Noise;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// The receiving half of a secret stream without its transport: bytes in any cut, first the other side's header, then
/// its messages. After a <see cref="ProtocolException"/> it is of no more use.
/// </summary>
internal sealed class SecretStreamReceiver : IDisposable
{
    private readonly FrameReader _frames = new();
    private readonly byte[] _key = GC.AllocateArray<byte>(Fixed32.Size, pinned: true);
    private readonly ReadOnlyMemory<byte> _handshakeHash;
    private readonly bool _remoteIsInitiator;
    private readonly StreamGeneration? _expected;
    private readonly int _maxBodySize;
    private readonly bool _dropsEmptyMessages;
    private SecretStreamDecryptor? _decryptor;

    /// <summary>Copies the key. <paramref name="expected"/> null takes a header of any generation.</summary>
    internal SecretStreamReceiver(
        NoiseResult keys,
        bool isInitiator,
        StreamGeneration? expected,
        int maxMessageBytes,
        bool dropsEmptyMessages)
    {
        keys.Rx.CopyTo(_key);
        _handshakeHash = keys.Hash;
        _remoteIsInitiator = !isInitiator;
        _expected = expected;
        _maxBodySize = maxMessageBytes + StreamCipher.Overhead;
        _dropsEmptyMessages = dropsEmptyMessages;
    }

    /// <summary>The generation of the other side's header; null until it came.</summary>
    internal StreamGeneration? Generation { get; private set; }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        _decryptor?.Dispose();
        _frames.Dispose();
    }

    /// <summary>Reads the header if it is there; true once it has been read.</summary>
    /// <exception cref="ProtocolException">It is not the header of this stream's other side.</exception>
    internal bool TryReadHeader(ref ReadOnlySequence<byte> input)
    {
        if (_decryptor is not null)
        {
            return true;
        }

        if (!_frames.TryRead(ref input, StreamHeader.BodySize, out Frame frame))
        {
            return false;
        }

        try
        {
            Fixed32 id = StreamHeader.Read(frame.Body, out ReadOnlySpan<byte> cipherHeader);
            Generation = Recognize(id) ?? throw new ProtocolException("The stream header belongs to another stream");
            _decryptor = new SecretStreamDecryptor(_key, cipherHeader);
            CryptographicOperations.ZeroMemory(_key);
            return true;
        }
        finally
        {
            frame.Release();
        }
    }

    /// <summary>
    /// Takes the next message off <paramref name="input"/>; the caller owns it. False: all input was taken but a rest
    /// of at most two bytes, and more is needed.
    /// </summary>
    /// <exception cref="ProtocolException">
    /// A frame is too long or too short, or was not made by the other side.
    /// </exception>
    internal bool TryReadMessage(ref ReadOnlySequence<byte> input, out PooledBuffer message)
    {
        message = default;
        if (!TryReadHeader(ref input))
        {
            return false;
        }

        while (_frames.TryRead(ref input, _maxBodySize, out Frame frame))
        {
            message = Decrypt(frame);
            if (message.Length > 0 || !_dropsEmptyMessages)
            {
                return true;
            }

            message.Dispose();
            message = default;
        }

        return false;
    }

    /// <summary>The transport has ended behind <paramref name="rest"/>.</summary>
    /// <exception cref="ProtocolException">That is no place to end: a frame is cut, or no header came.</exception>
    internal void HandleEnd(ReadOnlySequence<byte> rest)
    {
        if (_decryptor is null || _frames.IsMidFrame || !rest.IsEmpty)
        {
            throw new ProtocolException(
                _decryptor is null ? "The stream ended before its header" : "The stream ended within a frame");
        }
    }

    private StreamGeneration? Recognize(Fixed32 id)
    {
        ReadOnlySpan<StreamGeneration> candidates =
            _expected is { } only ? [only] : [StreamGeneration.Current, StreamGeneration.Version5];
        foreach (StreamGeneration generation in candidates)
        {
            if (StreamId.Of(generation, _handshakeHash.Span, _remoteIsInitiator) == id)
            {
                return generation;
            }
        }

        return null;
    }

    private PooledBuffer Decrypt(Frame frame)
    {
        int size = frame.Body.Length - StreamCipher.Overhead;
        if (size < 0)
        {
            frame.Release();
            throw new ProtocolException(
                $"A message has {StreamCipher.Overhead} bytes or more, not {size + StreamCipher.Overhead}");
        }

        // What was gathered is decrypted where it lies; what lies in the transport's memory is decrypted out of it.
        PooledBuffer message = frame.IsAssembled
            ? frame.Assembled.Slice(StreamCipher.TagSize, size)
            : PooledBuffer.Rent(size);
        if (!_decryptor!.TryDecrypt(frame.Body, message.Span))
        {
            message.Dispose();
            throw new ProtocolException("A message is not the next one of the stream: forged, damaged or left out");
        }

        return message;
    }
}
