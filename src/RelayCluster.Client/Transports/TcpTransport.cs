using System.Net.Sockets;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Client.Transports;

/// <summary>
/// Frames over a secret stream over TCP. An orderly close lets the relay take what was sent last: closing a socket
/// while bytes are unread resets the connection, and those sent last are lost then.
/// </summary>
internal sealed class TcpTransport : IMessageTransport
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly SecretStreamTransport _frames;
    private readonly TimeProvider _timeProvider;
    private volatile bool _isCut;

    public TcpTransport(Socket socket, SecretStream stream, string remoteEndPoint, TimeProvider timeProvider)
    {
        _socket = socket;
        _frames = new SecretStreamTransport(stream, remoteEndPoint);
        _timeProvider = timeProvider;
    }

    public string RemoteEndPoint => _frames.RemoteEndPoint;

    public int MaxFrameBytes => _frames.MaxFrameBytes;

    public ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken) =>
        _frames.ReceiveAsync(cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _frames.SendAsync(frame, cancellationToken);

    public void Abort()
    {
        _isCut = true;
        _frames.Abort();
        _socket.Close(timeout: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _frames.DisposeAsync().ConfigureAwait(false);
        try
        {
            if (!_isCut)
            {
                await CloseAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // it is cut, then
        }
        finally
        {
            _socket.Dispose();
        }
    }

    private async Task CloseAsync()
    {
        using var patience = new CancellationTokenSource(ClosePatience, _timeProvider);
        _socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[16 * 1024];
        while (await _socket.ReceiveAsync(rest, patience.Token).ConfigureAwait(false) > 0)
        {
            // nobody wants it any more
        }
    }
}
