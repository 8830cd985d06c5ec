using System.IO.Pipelines;
using System.Net;

namespace RelayCluster.Dht.Links;

/// <summary>
/// A way to the node of a server, or from the node of a client, that was found by other means than the DHT: a duplex of
/// bytes, reliable and in order. What goes over it is told at <see cref="ILinkNode"/>.
/// </summary>
/// <remarks>
/// Nobody proves anything by having a link: the handshake does, as over UDP. Whoever is given one owns it. An end of
/// the pipe says nothing by itself either, so a node that dies is not taken for a side that has ended.
/// </remarks>
public sealed class DhtLink : IAsyncDisposable
{
    /// <summary>How many bytes a pair of links holds in each direction by default.</summary>
    public const int DefaultBufferBytes = 64 * 1024;

    private readonly IAsyncDisposable? _owner;
    private volatile bool _hasEnded;
    private int _isDisposed;

    /// <summary>A link over a duplex that is open.</summary>
    /// <param name="pipe">The bytes; completing its output with an error cuts it.</param>
    /// <param name="remoteEndPoint">
    /// Where the other node is: what a server's firewall hears of the client's address. All zeros if it is not known.
    /// </param>
    /// <param name="owner">Disposed with the link; null if there is nothing but the pipe.</param>
    public DhtLink(IDuplexPipe pipe, IPEndPoint remoteEndPoint, IAsyncDisposable? owner = null)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        ArgumentNullException.ThrowIfNull(remoteEndPoint);
        Pipe = pipe;
        RemoteEndPoint = remoteEndPoint;
        _owner = owner;
    }

    /// <summary>The bytes.</summary>
    public IDuplexPipe Pipe { get; }

    /// <summary>Where the other node is.</summary>
    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>Both ends of a link within this process.</summary>
    /// <param name="bufferBytes">How many bytes it holds in each direction, 1 or more.</param>
    public static (DhtLink Client, DhtLink Server) CreatePair(int bufferBytes = DefaultBufferBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferBytes, 1);
        Pipe toServer = LinkPipe.CreateHalf(bufferBytes);
        Pipe toClient = LinkPipe.CreateHalf(bufferBytes);
        var here = new IPEndPoint(IPAddress.Loopback, 0);
        return (
            new DhtLink(new LinkPipe(toClient.Reader, toServer.Writer), here),
            new DhtLink(new LinkPipe(toServer.Reader, toClient.Writer), here));
    }

    /// <summary>Completes the output: what was flushed goes out, and the other side reads the end behind it.</summary>
    public ValueTask EndAsync()
    {
        _hasEnded = true;
        return Pipe.Output.CompleteAsync();
    }

    /// <summary>Cuts the link, unless its output was ended before. Nobody may be reading or writing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        IOException? cut = _hasEnded ? null : new IOException("the link was cut");
        await Pipe.Output.CompleteAsync(cut).ConfigureAwait(false);
        await Pipe.Input.CompleteAsync(cut).ConfigureAwait(false);
        if (_owner is not null)
        {
            await _owner.DisposeAsync().ConfigureAwait(false);
        }
    }
}
