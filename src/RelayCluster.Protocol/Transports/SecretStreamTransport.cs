using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Transports;

/// <summary>
/// Frames over an encrypted stream, which itself lies on TCP: one message is one frame. The other side's key says
/// nothing about who it is on the DHT; it is there for the encryption. Empty messages are its keep-alive, and empty
/// frames are nothing to Protomux. The transport owns the stream.
/// </summary>
public sealed class SecretStreamTransport : IMessageTransport
{
    private readonly SecretStream _stream;

    /// <summary>Takes over a stream that is open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="remoteEndPoint">Who is at the other end, for logs.</param>
    public SecretStreamTransport(SecretStream stream, string remoteEndPoint)
    {
        _stream = stream;
        RemoteEndPoint = remoteEndPoint;
    }

    /// <inheritdoc/>
    public string RemoteEndPoint { get; }

    /// <inheritdoc/>
    public int MaxFrameBytes => SecretStream.MaxMessageBytes;

    /// <inheritdoc/>
    public ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken) =>
        _stream.ReadMessageAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _stream.WriteMessageAsync(frame, cancellationToken);

    /// <inheritdoc/>
    public void Abort() => _stream.Destroy();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.EndAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // it was cut already
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
    }
}
