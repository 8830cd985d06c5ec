using System.Net;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Sockets;

/// <summary>A UDP socket with one loop, its streams and one co-resident protocol.</summary>
public sealed class UdxSocket : IAsyncDisposable
{
    private UdxSocket()
    {
    }

    /// <summary>Where the socket is bound.</summary>
    public UdpEndPoint LocalEndPoint => throw new NotImplementedException();

    /// <summary>Whether the caller runs on the socket's loop.</summary>
    public bool IsOnLoop => throw new NotImplementedException();

    /// <summary>Monotonic time since the socket was bound: the <c>now</c> of everything on the loop.</summary>
    public TimeSpan Now => throw new NotImplementedException();

    /// <summary>Binds a UDP socket; port 0 takes a free one. Nothing is read before <see cref="Start"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static UdxSocket Bind(IPEndPoint endPoint, UdxSocketOptions? options = null) =>
        throw new NotImplementedException();

    /// <summary>Starts the loop, once.</summary>
    /// <param name="protocol">What gets the datagrams that are not UDX; null drops them.</param>
    public void Start(IDatagramProtocol? protocol = null) => throw new NotImplementedException();

    /// <summary>Creates a stream, unconnected. May be called on any thread.</summary>
    /// <param name="localId">The id that the peer's packets will carry, free on this socket.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="InvalidOperationException">The id is in use.</exception>
    public UdxStream CreateStream(uint localId, UdxStreamOptions? options = null) =>
        throw new NotImplementedException();

    /// <summary>Runs a command on the loop, after which the protocol and the streams are asked for datagrams. May be
    /// called on any thread; commands run in the order posted. Dropped once the socket is disposed.</summary>
    public void Post(Action<TimeSpan> command) => throw new NotImplementedException();

    /// <summary>Ends every stream (<see cref="UdxStreamOutcome.SocketClosed"/>), stops the loop and closes the socket.
    /// </summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
