using RelayCluster.Udx.Streams;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// The server's half of one Noise handshake: reads the client's message, writes the answer, opens the stream. The port
/// exists because the keys need not be here: a relay asks its noncustodial client to do these steps, and so they are
/// asynchronous.
/// </summary>
internal interface INoiseResponder : IDisposable
{
    /// <summary>Reads the client's message.</summary>
    /// <exception cref="ProtocolException">It is not a message for this server.</exception>
    ValueTask<NoiseOffer> ReadAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Writes the answer, which carries an encoded payload.</summary>
    ValueTask<byte[]> WriteAsync(byte[] payload, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the connection over a stream whose way to the client is known; the stream is the connection's from here
    /// on.
    /// </summary>
    DhtStream Open(UdxStream stream);
}
