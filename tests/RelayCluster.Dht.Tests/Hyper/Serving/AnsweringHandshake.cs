using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

/// <summary>A server's half of a handshake, without keys: payloads go in and out as they are.</summary>
internal sealed class AnsweringHandshake(NoisePayload client) : INoiseHandshake
{
    /// <summary>What the server said.</summary>
    public NoisePayload? Answer { get; private set; }

    public Fixed32? HolepunchSecret => null;

    public ValueTask<NoiseOffer> ReadAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new NoiseOffer(default, client.Encode()));

    public ValueTask<byte[]> WriteAsync(byte[] payload, CancellationToken cancellationToken)
    {
        Answer = NoisePayload.Decode(payload);
        return ValueTask.FromResult(payload);
    }

    public DhtStream Open(ICarrier carrier) => throw new InvalidOperationException("nobody gets so far");

    public void Dispose()
    {
    }
}
