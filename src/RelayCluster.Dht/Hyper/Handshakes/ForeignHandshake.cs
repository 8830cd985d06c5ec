using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Handshakes;

/// <summary>
/// One side of a handshake whose keys are elsewhere. Who has them is trusted with nothing but his own connection: what
/// he makes goes into datagrams of ours, and is checked for its size; what strangers send him must at least be as long
/// as a message is.
/// </summary>
internal sealed class ForeignHandshake(
    IForeignHandshake handshake,
    bool isInitiator,
    Fixed32 publicKey,
    Fixed32? remotePublicKey) : INoiseHandshake
{
    /// <summary>Of the pattern IK: what the initiator's message holds beside its payload, and the
    /// responder's.</summary>
    private const int InitiatorOverhead = Fixed32.Size + Fixed32.Size + (2 * TagSize);
    private const int ResponderOverhead = Fixed32.Size + TagSize;
    private const int TagSize = 16;

    private Fixed32? _remotePublicKey = remotePublicKey;

    public Fixed32? HolepunchSecret => handshake.HolepunchSecret;

    public async ValueTask<byte[]> WriteAsync(byte[] payload, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> message = await handshake.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
        return message.Length == payload.Length + Overhead(isInitiator)
            ? message.ToArray()
            : throw new ProtocolException($"A Noise message of {message.Length} bytes does not carry its payload");
    }

    public async ValueTask<NoiseOffer> ReadAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        int length = message.Length - Overhead(!isInitiator);
        if (length <= 0)
        {
            throw new ProtocolException($"A Noise message has more than {message.Length} bytes");
        }

        NoiseOffer offer = await handshake.ReadAsync(message, cancellationToken).ConfigureAwait(false);
        _remotePublicKey ??= offer.RemotePublicKey;
        return offer.Payload.Length == length
            ? offer
            : throw new ProtocolException($"A payload of {offer.Payload.Length} bytes is not the message's");
    }

    public DhtStream Open(ICarrier carrier) =>
        new RawStream(carrier, isInitiator, publicKey, _remotePublicKey!.Value, handshake);

    /// <summary>The keys are not ours to zero.</summary>
    public void Dispose()
    {
    }

    private static int Overhead(bool ofInitiator) => ofInitiator ? InitiatorOverhead : ResponderOverhead;
}
