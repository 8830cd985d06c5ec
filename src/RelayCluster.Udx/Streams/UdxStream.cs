using System.IO.Pipelines;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Udx.Streams;

/// <summary>A reliable, ordered, congestion-controlled stream of bytes over a <see cref="UdxSocket"/>.</summary>
public sealed class UdxStream
{
    internal UdxStream(UdxSocket socket, uint localId, UdxStreamOptions options)
    {
        LocalId = localId;
        _ = options;
        _ = socket;
    }

    /// <summary>The id that the peer's packets carry.</summary>
    public uint LocalId { get; }

    /// <summary>The id that our packets carry; 0 before <see cref="Connect"/>.</summary>
    public uint RemoteId { get; private set; }

    /// <summary>Where our packets go; null before <see cref="Connect"/>.</summary>
    public UdpEndPoint? RemoteEndPoint { get; private set; }

    /// <summary>
    /// The bytes. Reading slowly closes the advertised window and so stops the peer; a flush waits while
    /// <see cref="UdxStreamOptions.SendBufferBytes"/> are not acknowledged. Completing the output ends this direction
    /// (half-close), completing it with an exception destroys the stream. Completing the input drops what still comes.
    /// The input completes when the peer ended, and fails with an <see cref="IOException"/> on any other outcome.
    /// </summary>
    public IDuplexPipe Pipe => throw new NotImplementedException();

    /// <summary>How the stream ended; never faults.</summary>
    public Task<UdxStreamOutcome> Completion => throw new NotImplementedException();

    /// <summary>Tells where the peer is. There is no handshake: from here on packets go out. May be called on any thread,
    /// and in the firewall callback; of several calls the first counts.</summary>
    public void Connect(uint remoteId, UdpEndPoint remote) => throw new NotImplementedException();

    /// <summary>Ends both directions at once and tells the peer. May be called on any thread and more than once.</summary>
    public void Destroy() => throw new NotImplementedException();
}
