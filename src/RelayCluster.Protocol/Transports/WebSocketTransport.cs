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
/// The transport owns the socket. A <see cref="WebSocket"/> gives up its connection when a call on it is cancelled, so
/// cancelling is as good as <see cref="Abort"/>, but for a receive between two messages: that one only ends the reading,
/// so that a session which stops waiting for its client can still say goodbye. Disposing does, if there is still somebody
/// to say it to.
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
    public async ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken)
    {
        PooledBuffer buffer = default;
        bool isTaken = false;
        try
        {
            // an empty buffer: completes when a message begins
            ValueWebSocketReceiveResult result = await AwaitMessageAsync(cancellationToken).ConfigureAwait(false);
            int length = 0;
            while (IsData(result) && !result.EndOfMessage)
            {
                buffer = Reserve(buffer, length);
                result = await _socket.ReceiveAsync(buffer.Memory[length..], cancellationToken).ConfigureAwait(false);
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
        catch (Exception e) when (IsCut(e, cancellationToken))
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
            }
        }
        catch (Exception e) when (e is OperationCanceledException || IsCut(e, timeout.Token))
        {
            _socket.Abort();
        }
        finally
        {
            _socket.Dispose();
        }
    }

    /// <summary>Waits for the beginning of a message; nothing is read.</summary>
    private async ValueTask<ValueWebSocketReceiveResult> AwaitMessageAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ValueTask<ValueWebSocketReceiveResult> receiving =
            _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (receiving.IsCompleted || !cancellationToken.CanBeCanceled)
        {
            return await receiving.ConfigureAwait(false);
        }

        Task<ValueWebSocketReceiveResult> waiting = receiving.AsTask();
        try
        {
            return await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!waiting.IsCompleted)
        {
            // It ends with the socket, and nobody asks how.
            _ = waiting.ContinueWith(
                static task => _ = task.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
            throw;
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
