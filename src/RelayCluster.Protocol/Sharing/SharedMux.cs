using System.Buffers;
using System.Security.Cryptography;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Sharing;

/// <summary>
/// A Protomux (generation 3) on a transport, for several protocols side by side: the relay's, by
/// <see cref="RelayChannel"/>, is one of them, and a program's own are others. It owns the transport and drives the
/// muxer; each protocol has a <see cref="SharedChannel"/> to read and to send on.
/// </summary>
/// <remarks>
/// <code>
///   transport ==frames==> RunAsync --> muxer --messages--> SharedChannel --ReadAsync--> relay
///                                            `-----------> SharedChannel --ReadAsync--> a program's own protocol
///   transport &lt;==frames== one pump &lt;-- muxer &lt;--- SendAsync of any channel, in the order of the calls
/// </code>
/// <para>
/// <b>Beginning.</b> Whoever makes it opens the channels that it wants at once, names those that it takes when the
/// other side asks (<see cref="Pair"/>, <see cref="RelayChannel.AcceptAsync(SharedMux, CancellationToken)"/>), and then
/// calls <see cref="RunAsync"/>: what the other side opens and nobody has named is rejected.
/// </para>
/// <para>
/// <b>Back-pressure.</b> Protomux has none for a single channel. What comes waits in its channel for the reader, up to
/// <see cref="SharedMuxOptions.MaxUnreadBytes"/>; then nothing is received until that reader reads, or closes its
/// channel. So every open channel needs a reader, and one that is slow slows the others, as it does wherever channels
/// share a stream.
/// </para>
/// <para>
/// <b>Ending.</b> A channel that closes leaves the others alone. When the other side closes the transport, every reader
/// finds the end; when it is cut, or the other side breaks the muxer's protocol, every reader and
/// <see cref="RunAsync"/> get the exception.
/// </para>
/// </remarks>
public sealed class SharedMux : IAsyncDisposable, IFrameSource
{
    private readonly IMessageTransport _transport;
    private readonly SharedMuxOptions _options;
    private readonly Mux _mux;
    private readonly FrameSender _sender;
    private readonly Dictionary<MuxChannel, SharedChannel> _channels = [];
    private readonly Dictionary<string, Action<MuxOpenRequest>> _onRequest = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private PooledBuffer? _frame;
    private bool _isStarted;
    private bool _isClosing;
    private bool _isStopped;

    /// <summary>Takes over a transport that is open.</summary>
    public SharedMux(IMessageTransport transport, SharedMuxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        _transport = transport;
        _options = options ?? new SharedMuxOptions();
        _mux = new Mux(_options.Mux);
        _sender = new FrameSender(transport, this, _options.MaxUnsentBytes, _options.MaxReplyBytes);
    }

    /// <summary>Who is at the other end, for logs.</summary>
    public string RemoteEndPoint => _transport.RemoteEndPoint;

    internal int MaxMessageBytes => _sender.MaxMessageBytes;

    /// <summary>Completes when nothing comes any more.</summary>
    internal Task Ended => _ended.Task;

    int IFrameSource.BufferedBytes => _mux.BufferedBytes;

    /// <summary>
    /// Opens a channel on this side: it pairs with the other side's when that is opened there, or was. Null if it is
    /// unique and already there.
    /// </summary>
    /// <exception cref="IOException">The connection was cut, or the other side has closed.</exception>
    public SharedChannel? Open(MuxChannelOptions options)
    {
        SharedChannel? channel = null;
        lock (_sender.Gate)
        {
            _sender.ThrowIfFailed();
            if (_mux.Open(options) is { } half)
            {
                channel = new SharedChannel(this, half, _options.MaxUnreadBytes);
                _channels.Add(half, channel);
                if (_frame is null)
                {
                    // it may have waited for this side; else whoever reads the frame comes across it
                    while (TryRouteNext(out _, out _))
                    {
                    }
                }
            }
        }

        _sender.Start();
        return channel;
    }

    /// <summary>
    /// Asks to be told when the other side opens a channel of this protocol, with any id: the callback, on the thread
    /// that receives, may <see cref="Open"/> the same, or <see cref="Reject"/> the request, or leave that for later.
    /// </summary>
    public void Pair(string protocol, Action<MuxOpenRequest> onRequest)
    {
        ArgumentNullException.ThrowIfNull(onRequest);
        lock (_sender.Gate)
        {
            _onRequest.Add(protocol, onRequest);
            _mux.Pair(protocol);
        }
    }

    /// <summary>Takes <see cref="Pair"/> back; requests that are waiting go on waiting.</summary>
    public void Unpair(string protocol)
    {
        lock (_sender.Gate)
        {
            _onRequest.Remove(protocol);
            _mux.Unpair(protocol);
        }
    }

    /// <summary>Turns a request down. Nothing happens if it was answered, or withdrawn.</summary>
    public void Reject(MuxOpenRequest request)
    {
        lock (_sender.Gate)
        {
            _mux.Reject(request);
        }

        _sender.Start();
    }

    /// <summary>
    /// Receives until the other side closes the transport, or this one does: once, and for as long as the channels are
    /// to live.
    /// </summary>
    /// <exception cref="ProtocolException">The other side broke the muxer's protocol.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isStarted, true))
        {
            throw new InvalidOperationException("The muxer runs once");
        }

        _running = ReceiveAllAsync(cancellationToken);
        return _running;
    }

    /// <summary>Sends what waits, then closes the transport in order. When cancelled it is cut.</summary>
    public ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _isClosing, true);
        return FinishAsync(_sender.CloseAsync(CloseReason.Done, cancellationToken));
    }

    /// <summary>Cuts the connection at once; pending calls fail.</summary>
    public void Abort() => _transport.Abort();

    /// <summary>Cuts the connection and waits until nothing of it is left.</summary>
    public ValueTask DisposeAsync()
    {
        Volatile.Write(ref _isClosing, true);
        return FinishAsync(_sender.DisposeAsync());
    }

    void IFrameSource.Cork() => _mux.Cork();

    void IFrameSource.Uncork() => _mux.Uncork();

    bool IFrameSource.TryTakeFrame(out PooledBuffer frame) => _mux.TryTakeFrame(out frame);

    void IFrameSource.Destroy() => _mux.Destroy();

    /// <summary>Writes a message where it goes out from; <see cref="FlushAsync"/> sends it.</summary>
    internal void Write<TMessage>(
        MuxChannel channel,
        int type,
        int length,
        TMessage message,
        SpanAction<byte, TMessage> write,
        bool isSecret,
        bool isReply)
    {
        _sender.ThrowIfTooLong(length);
        lock (_sender.Gate)
        {
            _sender.ThrowIfFailed();
            int written = _mux.BufferedBytes;
            if (!channel.TryBeginMessage(type, length, out Span<byte> payload))
            {
                throw new IOException($"The channel {channel.Protocol} is closed");
            }

            write(payload, message);
            if (isSecret)
            {
                _sender.HandleSecret();
            }

            if (isReply)
            {
                _sender.HandleReply(_mux.BufferedBytes - written);
            }
        }
    }

    internal void Flush() => _sender.Start();

    internal ValueTask FlushAsync(CancellationToken cancellationToken) => _sender.StartAsync(cancellationToken);

    internal void Close(MuxChannel channel)
    {
        lock (_sender.Gate)
        {
            channel.Close();
            _channels.Remove(channel);
        }

        _sender.Start();
    }

    private async Task ReceiveAllAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        Exception? reason = null;
        try
        {
            while (await _transport.ReceiveAsync(stop.Token).ConfigureAwait(false) is { } frame)
            {
                await RouteAsync(frame, stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (Volatile.Read(ref _isClosing) && e is IOException or OperationCanceledException)
        {
            // this side has closed the transport that it read from
        }
        catch (Exception e)
        {
            reason = e;
            _transport.Abort();
            throw;
        }
        finally
        {
            End(reason);
        }
    }

    private async ValueTask RouteAsync(PooledBuffer frame, CancellationToken cancellationToken)
    {
        lock (_sender.Gate)
        {
            _frame = frame;
            _mux.HandleFrame(frame.Memory);
        }

        while (TryRouteNext(out SharedChannel? told, out MuxOpenRequest? request))
        {
            if (request is not null)
            {
                Ask(request);
            }

            if (told is not null)
            {
                await told.WhenRoomAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        // what reading brought forth, such as rejected channels
        _sender.Start();
    }

    /// <summary>Hands the next event to its channel; false at the end of the frame, which then is gone.</summary>
    private bool TryRouteNext(out SharedChannel? told, out MuxOpenRequest? request)
    {
        lock (_sender.Gate)
        {
            int written = _mux.BufferedBytes;
            bool isRead = _mux.TryReadEvent(out MuxEvent next);
            _sender.HandleReply(_mux.BufferedBytes - written);
            told = null;
            request = next.Request;
            if (isRead && next.Channel is { } channel && _channels.TryGetValue(channel, out told))
            {
                Tell(told, next);
            }

            if (!isRead)
            {
                ReleaseFrame();
            }

            return isRead;
        }
    }

    private void Tell(SharedChannel channel, in MuxEvent next)
    {
        switch (next.Kind)
        {
            case MuxEventKind.Opened:
                channel.HandleOpened(next.Payload);
                break;
            case MuxEventKind.Message:
                channel.HandleMessage(new ChannelMessage(next.Type, TakePayload(next)));
                break;
            case MuxEventKind.Closed:
                _channels.Remove(next.Channel!);
                channel.HandleClosed(reason: null);
                break;
        }
    }

    /// <summary>The frame itself if nothing else is in it, or a copy, which then is the only one: it may be a
    /// secret.</summary>
    private PooledBuffer TakePayload(in MuxEvent next)
    {
        if (next.FrameOffset == MuxEvent.NotInFrame)
        {
            return PooledBuffer.CopyOf(next.Payload.Span);
        }

        PooledBuffer frame = _frame!.Value;
        if (!_mux.IsReading)
        {
            _frame = null;
            return frame.Slice(next.FrameOffset, next.Payload.Length);
        }

        Span<byte> payload = frame.Span.Slice(next.FrameOffset, next.Payload.Length);
        PooledBuffer copy = PooledBuffer.CopyOf(payload);
        CryptographicOperations.ZeroMemory(payload);
        return copy;
    }

    private void Ask(MuxOpenRequest request)
    {
        Action<MuxOpenRequest>? onRequest;
        lock (_sender.Gate)
        {
            onRequest = _onRequest.GetValueOrDefault(request.Protocol);
        }

        if (onRequest is null)
        {
            // taken back meanwhile
            Reject(request);
        }
        else
        {
            onRequest(request);
        }
    }

    private void End(Exception? reason)
    {
        SharedChannel[] channels;
        lock (_sender.Gate)
        {
            _sender.Fail(reason ?? new IOException("The other side has closed"));
            channels = [.. _channels.Values];
            _channels.Clear();
            ReleaseFrame();
        }

        foreach (SharedChannel channel in channels)
        {
            channel.HandleClosed(reason);
        }

        _ended.TrySetResult();
    }

    private void ReleaseFrame()
    {
        _frame?.Dispose();
        _frame = null;
    }

    private async ValueTask FinishAsync(ValueTask closing)
    {
        try
        {
            await closing.ConfigureAwait(false);
        }
        finally
        {
            End(reason: null);
            if (!Interlocked.Exchange(ref _isStopped, true))
            {
                await _stopping.CancelAsync().ConfigureAwait(false);
                await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _stopping.Dispose();
            }
        }
    }
}
