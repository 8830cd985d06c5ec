using System.Net;
using System.Net.Sockets;

namespace RelayCluster.Host.Forwarding;

/// <summary>The end that is a TCP connection.</summary>
internal sealed class TcpEnd : IEnd
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    public TcpEnd(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Never: TCP tells its reader.</summary>
    public Task Completion { get; } = new TaskCompletionSource().Task;

    /// <summary>Connects to a server.</summary>
    /// <exception cref="ConnectionException">It is not there.</exception>
    public static async Task<TcpEnd> ConnectAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            return new TcpEnd(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new ConnectionException($"cannot connect to {server.Host}:{server.Port}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _stream.ReadAsync(buffer, cancellationToken);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _stream.WriteAsync(bytes, cancellationToken);

    public ValueTask EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            return ValueTask.CompletedTask;
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>A close that does not wait is a reset, not an end.</summary>
    public void Abort() => _socket.Close(timeout: 0);

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
