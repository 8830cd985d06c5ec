using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace RelayCluster.Cluster.Connections.Sockets;

/// <summary>
/// A line over TCP, in TLS or not. It holds no memory for reading while nothing comes. An end is told in order (a TLS
/// goodbye, then FIN), a cut by a reset.
/// </summary>
internal sealed class SocketLine : INodeLine
{
    private const int BufferBytes = 64 * 1024;

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TimeProvider _timeProvider;
    private readonly SocketLineWriter _output;
    private volatile bool _isCut;

    /// <summary>Takes over both.</summary>
    public SocketLine(Socket socket, Stream stream, TimeProvider timeProvider)
    {
        _socket = socket;
        _stream = stream;
        _timeProvider = timeProvider;
        Input = PipeReader.Create(
            stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true, useZeroByteReads: true));
        _output = new SocketLineWriter(
            PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferBytes, leaveOpen: true)),
            this);
    }

    public PipeReader Input { get; }

    public PipeWriter Output => _output;

    public void Abort()
    {
        _isCut = true;
        _socket.Close(timeout: 0);
    }

    /// <summary>Tells the other side that no more comes.</summary>
    public async ValueTask EndAsync()
    {
        try
        {
            if (_stream is SslStream tls)
            {
                await tls.ShutdownAsync().ConfigureAwait(false);
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (IsClosed(e))
        {
            _isCut = true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task completing = _output.CompleteAsync().AsTask();
        try
        {
            await completing.WaitAsync(ClosePatience, _timeProvider).ConfigureAwait(false);
            if (!_isCut)
            {
                await DrainAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is TimeoutException || IsClosed(e))
        {
            // it is cut, then
        }
        finally
        {
            await Input.CompleteAsync().ConfigureAwait(false);

            // Not with a time-out of 0: what the kernel has yet to send still goes out.
            _socket.Dispose();
            await completing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static bool IsClosed(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or InvalidOperationException;

    /// <summary>
    /// Until the other side has ended too: closing a socket while bytes are unread resets the connection, and those
    /// that were sent last are lost then.
    /// </summary>
    private async ValueTask DrainAsync()
    {
        using var patience = new CancellationTokenSource(ClosePatience, _timeProvider);
        var rest = new byte[4096];
        while (await _stream.ReadAsync(rest, patience.Token).ConfigureAwait(false) > 0)
        {
            // nobody wants it any more
        }
    }
}
