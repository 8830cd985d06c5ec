using RelayCluster.Crypto.Noise;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// The sending half of a secret stream without its transport: the header, then a frame for each message.
/// </summary>
internal sealed class SecretStreamSender : IDisposable
{
    private readonly SecretStreamEncryptor _encryptor;
    private readonly byte[] _cipherHeader;
    private readonly Fixed32 _id;

    /// <summary>Copies the key; <paramref name="cipherHeader"/> is 24 random bytes.</summary>
    internal SecretStreamSender(
        NoiseResult keys,
        bool isInitiator,
        StreamGeneration generation,
        ReadOnlySpan<byte> cipherHeader)
    {
        _encryptor = new SecretStreamEncryptor(keys.Tx, cipherHeader);
        _cipherHeader = cipherHeader.ToArray();
        _id = StreamId.Of(generation, keys.Hash.Span, isInitiator);
    }

    public void Dispose() => _encryptor.Dispose();

    internal static int GetFrameSize(int messageSize) => Frame.PrefixSize + messageSize + StreamCipher.Overhead;

    /// <summary>Writes the frame that goes before all messages: <see cref="StreamHeader.FrameSize"/> bytes.</summary>
    internal void WriteHeader(Span<byte> destination) => StreamHeader.Write(_id, _cipherHeader, destination);

    /// <summary>Writes the next message: <see cref="GetFrameSize"/> bytes.</summary>
    internal void WriteMessage(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        int bodySize = message.Length + StreamCipher.Overhead;
        Frame.WritePrefix(bodySize, destination);
        _encryptor.Encrypt(message, destination.Slice(Frame.PrefixSize, bodySize));
    }
}
