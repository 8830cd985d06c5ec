using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// The client's half of a handshake whose messages carry <see cref="NoisePayload"/>s. The same first message can be
/// sent through several nodes: the server answers them alike, and the first answer counts.
/// </summary>
/// <param name="noise">The handshake, which this owns.</param>
/// <param name="payload">What the server is told.</param>
internal sealed class ClientHandshake(INoiseHandshake noise, NoisePayload payload) : IDisposable
{
    private Task<byte[]>? _firstMessage;

    /// <summary>Whether an answer was read, well or badly: then no other can be.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The key of the hole punching messages, after a good answer; null where it is not told.</summary>
    public Fixed32? HolepunchSecret => noise.HolepunchSecret;

    /// <summary>What the server is sent; made when it is first asked for. One caller at a time.</summary>
    public Task<byte[]> GetFirstMessageAsync(CancellationToken cancellationToken) =>
        _firstMessage ??= noise.WriteAsync(payload.Encode(), cancellationToken).AsTask();

    /// <summary>Reads the server's answer.</summary>
    /// <exception cref="ProtocolException">It is not this handshake's, or its payload makes no sense.</exception>
    public async ValueTask<NoisePayload> ReadAnswerAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken)
    {
        if (IsOver)
        {
            throw new ProtocolException("an answer to this handshake was read before");
        }

        IsOver = true;
        NoiseOffer offer = await noise.ReadAsync(message, cancellationToken).ConfigureAwait(false);
        return NoisePayload.Decode(offer.Payload.Span);
    }

    /// <summary>After a good answer: the connection over its carrier.</summary>
    public DhtStream Open(ICarrier carrier) => noise.Open(carrier);

    public void Dispose() => noise.Dispose();
}
