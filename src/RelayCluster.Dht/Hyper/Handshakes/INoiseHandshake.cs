using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Handshakes;

/// <summary>
/// One side of one Noise handshake: an initiator writes its message, then reads the answer; a responder reads, then
/// writes; then either opens the stream. The port exists because the keys need not be here: a relay asks its
/// noncustodial client to do these steps, and so they are asynchronous.
/// </summary>
internal interface INoiseHandshake : IDisposable
{
    /// <summary>
    /// The key of the hole punching messages, when both messages are made; null before, and where who has the keys does
    /// not tell.
    /// </summary>
    Fixed32? HolepunchSecret { get; }

    /// <summary>Writes this side's message, which carries an encoded payload.</summary>
    ValueTask<byte[]> WriteAsync(byte[] payload, CancellationToken cancellationToken);

    /// <summary>Reads the other side's message.</summary>
    /// <exception cref="ProtocolException">It is not a message of this handshake.</exception>
    ValueTask<NoiseOffer> ReadAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the connection over a carrier whose way to the other side is known; it is the connection's from here on.
    /// </summary>
    DhtStream Open(ICarrier carrier);
}
