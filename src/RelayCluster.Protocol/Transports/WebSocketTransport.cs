using System.Net.WebSockets;
using System.Text.Unicode;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Transports;

/// <summary>
/// Frames over a WebSocket: one binary message is one frame, as npm <c>@hyperswarm/dht-relay</c>'s own transport has
/// it. A message may come in any number of fragments, which are gathered in pooled memory that grows with them. While
/// nothing comes, no memory is held.
/// </summary>
/// <remarks>
/// The transport owns the socket. A <see cref="WebSocket"/> gives up its connection when a call on it is cancelled. So to
/// cancel a send is as good as <see cref="Abort"/>, but a receive goes on without the one who waited for it: whoever ends
/// a session gives up reading first, and has something to say after that. A close says it, then reads until the other
/// side has closed too: what arrives at a socket that is closed makes the system take back what the socket said last.
/// </remarks>
public sealed class WebSocketTransport : IMessageTransport
{
    private const int MinBufferBytes = 4 * 1024;
    private const int MaxFirstBufferBytes = 64 * 1024;

    /// <summary>A control frame has 125 bytes (RFC 6455, section 5.5), and the code takes two of them.</summary>
    private const int MaxReasonBytes = 123;

    private readonly WebSocket _socket;
    private readonly WebSocketTransportOptions _options;
    private readonly TimeProvider _timeProvider;
    private int _firstBufferBytes = MinBufferBytes;

    /// <summary>The frame that is being received, also if nobody waits for it any more.</summary>
    private Task<PooledBuffer?>? _receiving;
    private int _isReading;

    /// <summary>Takes over a socket that is open.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="remoteEndPoint">Who is at the other end, for logs.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <param name="timeProvider">The clock of the close's time-out.</param>
    public WebSocketTransport(
        WebSocket socket,
        string remoteEndPoint,
        WebSocketTransportOptions? options = null,
        TimeProvider? timeProvider = null)
    {
        _socket = socket;
        RemoteEndPoint = remoteEndPoint;
        _options = options ?? new WebSocketTransportOptions();
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public string RemoteEndPoint { get; }

    /// <inheritdoc/>
    public ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<PooledBuffer?>(cancellationToken);
        }

        if (_receiving is null)
        {
            ValueTask<PooledBuffer?> receiving = ReceiveFrameAsync();
            if (receiving.IsCompleted)
            {
                return receiving;
            }

            _receiving = receiving.AsTask();
        }

        return AwaitFrameAsync(_receiving, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (IsCut(e, cancellationToken))
        {
            throw new IOException("The WebSocket was cut", e);
        }
    }

    /// <inheritdoc/>
    public string? RemoteReason => _socket.CloseStatusDescription is { Length: > 0 } reason ? reason : null;

    /// <inheritdoc/>
    public void Abort() => _socket.Abort();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(CloseReason.Done);

    /// <inheritdoc/>
    public async ValueTask CloseAsync(CloseReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        using var timeout = new CancellationTokenSource(_options.CloseTimeout, _timeProvider);
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(StatusOf(reason.Kind), Shorten(reason.Text), timeout.Token)
                    .ConfigureAwait(false);
                await DrainAsync(timeout.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ProtocolException
            || IsCut(e, timeout.Token))
        {
            _socket.Abort();
        }
        finally
        {
            _socket.Dispose();
            if (Volatile.Read(ref _isReading) == 0)
            {
                // Taken out: a transport may be closed more than once, and its last frame be given back only once.
                _ = Interlocked.Exchange(ref _receiving, null)?.ContinueWith(
                    GiveBack,
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }
        }
    }

    private async ValueTask<PooledBuffer?> AwaitFrameAsync(
        Task<PooledBuffer?> receiving, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _isReading, 1);
        try
        {
            PooledBuffer? frame = await receiving.WaitAsync(cancellationToken).ConfigureAwait(false);
            _receiving = null;
            return frame;
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    private async ValueTask<PooledBuffer?> ReceiveFrameAsync()
    {
        PooledBuffer buffer = default;
        bool isTaken = false;
        try
        {
            // an empty buffer: completes when a message begins
            ValueWebSocketReceiveResult result =
                await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
            int length = 0;
            while (IsData(result) && !result.EndOfMessage)
            {
                buffer = Reserve(buffer, length);
                result = await _socket.ReceiveAsync(buffer.Memory[length..], CancellationToken.None)
                    .ConfigureAwait(false);
                length += result.Count;
            }

            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            _firstBufferBytes = Math.Clamp(length, MinBufferBytes, MaxFirstBufferBytes);
            isTaken = true;
            return buffer.Slice(0, length);
        }
        catch (Exception e) when (IsCut(e, CancellationToken.None))
        {
            throw new IOException("The WebSocket was cut", e);
        }
        finally
        {
            if (!isTaken)
            {
                buffer.Dispose();
            }
        }
    }

    /// <summary>Reads, and drops, until the other side has closed; unless somebody reads who may do that.</summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _isReading) == 0
            && _socket.State == WebSocketState.CloseSent
            && await ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } frame)
        {
            frame.Dispose();
        }
    }

    /// <summary>What came for nobody; a failure is no news any more.</summary>
    private static void GiveBack(Task<PooledBuffer?> receiving)
    {
        if (receiving.IsCompletedSuccessfully)
        {
            receiving.Result?.Dispose();
        }
        else
        {
            _ = receiving.Exception;
        }
    }

    private static bool IsData(ValueWebSocketReceiveResult result) => result.MessageType switch
    {
        WebSocketMessageType.Text =>
            throw new ProtocolException("a WebSocket text message came; frames are binary messages"),
        WebSocketMessageType.Binary => true,
        _ => false,
    };

    private static WebSocketCloseStatus StatusOf(CloseKind kind) => kind switch
    {
        CloseKind.GoingAway => WebSocketCloseStatus.EndpointUnavailable,
        CloseKind.Violation => WebSocketCloseStatus.ProtocolError,
        CloseKind.Refused => WebSocketCloseStatus.PolicyViolation,
        CloseKind.Fault => WebSocketCloseStatus.InternalServerError,
        _ => WebSocketCloseStatus.NormalClosure,
    };

    /// <summary>What of a text fits, in whole characters; null for nothing.</summary>
    private static string? Shorten(string text)
    {
        Span<byte> utf8 = stackalloc byte[MaxReasonBytes];
        Utf8.FromUtf16(text, utf8, out int length, out _);
        return length == 0 ? null : text[..length];
    }

    private static bool IsCut(Exception e, CancellationToken cancellationToken) => e switch
    {
        WebSocketException or IOException or ObjectDisposedException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    private PooledBuffer Reserve(PooledBuffer buffer, int length)
    {
        if (length < buffer.Length)
        {
            return buffer;
        }

        if (length >= _options.MaxFrameBytes)
        {
            throw new ProtocolException(
                $"a frame is longer than {_options.MaxFrameBytes} bytes; see {nameof(_options.MaxFrameBytes)}");
        }

        int capacity = Math.Max(_firstBufferBytes, (int)Math.Min(2L * buffer.Length, int.MaxValue));
        PooledBuffer larger = PooledBuffer.Rent(Math.Min(capacity, _options.MaxFrameBytes));
        buffer.Span.CopyTo(larger.Span);
        buffer.Dispose();
        return larger;
    }
}
