using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Handshakes;

/// <summary>One side of a Noise IK handshake with a secret key that is here.</summary>
internal sealed class KeyPairHandshake : INoiseHandshake
{
    private readonly NoiseHandshake _noise;
    private readonly SecretStreamOptions _streamOptions;
    private NoiseResult? _keys;

    /// <param name="keyPair">Stays the caller's.</param>
    /// <param name="remotePublicKey">Of the server, where this side is the client; null where it is the server.</param>
    /// <param name="streamOptions">For the stream.</param>
    public KeyPairHandshake(KeyPair keyPair, Fixed32? remotePublicKey, SecretStreamOptions streamOptions)
    {
        _noise = PeerHandshake.Begin(keyPair, remotePublicKey);
        _streamOptions = streamOptions;
    }

    public Fixed32? HolepunchSecret => _noise.IsComplete ? PayloadSeal.DeriveSecret(Keys.Hash.Span) : null;

    private NoiseResult Keys => _keys ??= _noise.TakeResult();

    public ValueTask<byte[]> WriteAsync(byte[] payload, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_noise.WriteMessage(payload));

    public ValueTask<NoiseOffer> ReadAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        byte[] payload = _noise.ReadMessage(message.Span);
        return ValueTask.FromResult(new NoiseOffer(_noise.RemotePublicKey!.Value, payload));
    }

    public DhtStream Open(ICarrier carrier) =>
        new DirectStream(carrier, SecretStream.Start(carrier.Pipe, _noise.IsInitiator, Keys, _streamOptions));

    public void Dispose()
    {
        _keys?.Dispose();
        _noise.Dispose();
    }
}
