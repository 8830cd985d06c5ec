using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// The client's half of a Noise IK handshake whose messages carry <see cref="NoisePayload"/>s. The same first message
/// can be sent through several nodes: the server answers them alike, and the first answer counts.
/// </summary>
internal sealed class ClientHandshake : IDisposable
{
    private readonly NoiseHandshake _noise;

    public ClientHandshake(KeyPair keyPair, Fixed32 remotePublicKey, NoisePayload payload)
    {
        _noise = new NoiseHandshake(
            NoisePattern.IK, isInitiator: true, keyPair, remotePublicKey, HyperNamespace.PeerHandshake.Span);
        FirstMessage = _noise.WriteMessage(payload.Encode());
    }

    /// <summary>What the server is sent.</summary>
    public ReadOnlyMemory<byte> FirstMessage { get; }

    /// <summary>Whether an answer was read, well or badly: then no other can be.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Reads the server's answer; the result's keys are the caller's.</summary>
    /// <exception cref="ProtocolException">It is not this handshake's, or its payload makes no sense.</exception>
    public (NoisePayload Payload, NoiseResult Result) ReadAnswer(ReadOnlySpan<byte> message)
    {
        if (IsOver)
        {
            throw new ProtocolException("an answer to this handshake was read before");
        }

        IsOver = true;
        NoisePayload payload = NoisePayload.Decode(_noise.ReadMessage(message));
        return (payload, _noise.TakeResult());
    }

    public void Dispose() => _noise.Dispose();
}
