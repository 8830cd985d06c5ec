using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Foreign;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Foreign;

/// <summary>A handshake of a <see cref="KeyKeeper"/>, and the secret stream that follows from it.</summary>
internal sealed class KeptHandshake(KeyKeeper keeper, KeyPair keyPair, Fixed32? remotePublicKey)
    : IForeignHandshake, IDisposable
{
    private readonly NoiseHandshake _noise = PeerHandshake.Begin(keyPair, remotePublicKey);

    public int Reads { get; private set; }

    public async ValueTask<ReadOnlyMemory<byte>> WriteAsync(
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken)
    {
        await Task.Yield();
        return keeper.WriteFailure is null
            ? keeper.Spoil(_noise.WriteMessage(payload.Span))
            : throw keeper.WriteFailure;
    }

    public async ValueTask<NoiseOffer> ReadAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Reads++;
        return keeper.ReadFailure is null
            ? new NoiseOffer(ReadMessage(message, out byte[] payload), payload)
            : throw keeper.ReadFailure;
    }

    /// <summary>Runs over the raw stream what only the keeper of the key can.</summary>
    public SecretStream Start(DhtStream raw)
    {
        using NoiseResult keys = _noise.TakeResult();
        return SecretStream.Start(new RawDuplex(raw), _noise.IsInitiator, keys);
    }

    public void Dispose() => _noise.Dispose();

    private Fixed32 ReadMessage(ReadOnlyMemory<byte> message, out byte[] payload)
    {
        payload = _noise.ReadMessage(message.Span);
        return _noise.RemotePublicKey!.Value;
    }
}
