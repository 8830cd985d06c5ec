using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>The server's half of a Noise IK handshake with a secret key that is here.</summary>
internal sealed class KeyPairResponder : INoiseResponder
{
    private readonly NoiseHandshake _noise;
    private readonly SecretStreamOptions _streamOptions;

    public KeyPairResponder(KeyPair keyPair, SecretStreamOptions streamOptions)
    {
        _noise = new NoiseHandshake(
            NoisePattern.IK, isInitiator: false, keyPair, null, HyperNamespace.PeerHandshake.Span);
        _streamOptions = streamOptions;
    }

    public ValueTask<NoiseOffer> ReadAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        byte[] payload = _noise.ReadMessage(message.Span);
        return ValueTask.FromResult(new NoiseOffer(_noise.RemotePublicKey!.Value, payload));
    }

    public ValueTask<byte[]> WriteAsync(byte[] payload, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_noise.WriteMessage(payload));

    public DhtStream Open(UdxStream stream)
    {
        using NoiseResult keys = _noise.TakeResult();
        return new DirectStream(
            stream, SecretStream.Start(stream.Pipe, isInitiator: false, keys, _streamOptions));
    }

    public void Dispose() => _noise.Dispose();
}
