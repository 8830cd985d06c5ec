using RelayCluster.Wire;

namespace RelayCluster.Protocol.Transports;

/// <summary>
/// What carries Protomux frames between a client and its relay: an ordered, reliable duplex of byte messages.
/// One reader and one writer at a time.
/// </summary>
public interface IMessageTransport : IAsyncDisposable
{
    /// <summary>Who is at the other end, for logs: <c>203.0.113.7:51234</c>.</summary>
    string RemoteEndPoint { get; }

    /// <summary>The longest frame that can be sent, in bytes; by default there is no limit.</summary>
    int MaxFrameBytes => int.MaxValue;

    /// <summary>The next frame, which the caller then owns; null when the other side has closed in order.</summary>
    /// <exception cref="ProtocolException">The other side broke the transport's protocol.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Sends one frame; completes when the transport has room for the next. The frame's memory is the caller's again
    /// then.
    /// </summary>
    /// <exception cref="IOException">The connection was cut.</exception>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaxFrameBytes"/>.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);

    /// <summary>Why the other side has closed, in its words; null if it has not, or has not said.</summary>
    string? RemoteReason => null;

    /// <summary>Cuts the connection at once; pending calls fail.</summary>
    void Abort();

    /// <summary>
    /// Disposes, which closes in order, and tells the other side why if there is a place for that: by default there is
    /// none.
    /// </summary>
    ValueTask CloseAsync(CloseReason reason) => DisposeAsync();
}
