using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Channels;

/// <summary>
/// The relay protocol on one transport: messages in, messages out. Either side of it, since all that the sides do
/// differently is who speaks first.
/// </summary>
/// <remarks>
/// <code>
///   ReadAsync   &lt;-- decode &lt;-- dialect &lt;-- frame &lt;-- transport        (one reader)
///   SendAsync   --> encode --> dialect --> frames --> pump --> transport   (any number of senders)
/// </code>
/// <para>
/// <b>Reading.</b> A frame is received when the messages of the one before have all been read, so a session that stops
/// reading stops the client's socket. The frame is one pooled buffer. A data message that is the last of its frame
/// takes the buffer over, payload and all; in a batch, the data messages before it are copied out of it, and those are
/// small. Pings are answered here, and shown to the reader too, as signs of life. Reading never waits for sending, so two
/// sides that are both full do not wait for each other; what that allows a side to ask for without taking the answers
/// is bounded by <see cref="RelayChannelOptions.MaxReplyBytes"/>.
/// </para>
/// <para>
/// <b>Sending.</b> A message is written straight into its frame, in the order of the calls, before
/// <see cref="SendAsync"/> returns; from then on its memory is the caller's again. While the transport is busy, messages
/// gather in one batch, which goes out next. When more than <see cref="RelayChannelOptions.MaxUnsentBytes"/> wait, senders wait too.
/// </para>
/// <para>
/// <b>Ending.</b> <see cref="CloseAsync"/> sends what waits and closes the transport in order;
/// <see cref="DisposeAsync"/> cuts it. A transport that fails on the way out is cut, so that the reader hears of it.
/// The channel owns its transport.
/// </para>
/// </remarks>
public sealed class RelayChannel : IAsyncDisposable
{
    private readonly IMessageTransport _transport;
    private readonly IDialect _dialect;
    private readonly FrameSender _sender;
    private PooledBuffer? _frame;

    private RelayChannel(IMessageTransport transport, RelayChannelOptions options, IDialect dialect)
    {
        _transport = transport;
        _dialect = dialect;
        _sender = new FrameSender(transport, dialect, options.MaxUnsentBytes, options.MaxReplyBytes);
    }

    /// <summary>What the two sides speak.</summary>
    public RelayDialect SpokenDialect => _dialect is Web4Dialect ? RelayDialect.Web4 : RelayDialect.Hyperswarm;

    /// <summary>Who is at the other end, for logs.</summary>
    public string RemoteEndPoint => _transport.RemoteEndPoint;

    /// <summary>
    /// The relay's side: waits for the client to open the protocol, and opens it too, in the dialect that the client's
    /// first frame is of. Null if the client closes the transport before. The transport is closed in every case but
    /// success.
    /// </summary>
    /// <exception cref="ProtocolException">The client speaks something else.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    public static async ValueTask<RelayChannel?> AcceptAsync(
        IMessageTransport transport, RelayChannelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        RelayChannel? channel = null;
        bool isOpen = false;
        try
        {
            channel = await RecognizeAsync(transport, options ?? new RelayChannelOptions(), cancellationToken)
                .ConfigureAwait(false);
            if (channel is null)
            {
                return null;
            }

            while (!channel.TryOpen())
            {
                if (!await channel.TryReceiveAsync(cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }
            }

            isOpen = true;
            return channel;
        }
        finally
        {
            if (!isOpen)
            {
                transport.Abort();
                IAsyncDisposable owner = channel is null ? transport : channel;
                await owner.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The client's side: opens the protocol at once, without waiting for the relay.</summary>
    public static RelayChannel Open(IMessageTransport transport, RelayChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        options ??= new RelayChannelOptions();
        var channel = new RelayChannel(transport, options, Dialect.ForClient(options.Dialect, options.MaxBatchBytes));
        channel._sender.Start();
        return channel;
    }

    /// <summary>
    /// The next message, which the caller then owns; null when the other side has closed. One call at a time;
    /// cancelling it may cost the connection.
    /// </summary>
    /// <exception cref="ProtocolException">The other side broke the protocol.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    public ValueTask<RelayMessage?> ReadAsync(CancellationToken cancellationToken = default)
    {
        return TryRead(out RelayMessage? message)
            ? ValueTask.FromResult<RelayMessage?>(message)
            : ReadSlowlyAsync(cancellationToken);
    }

    /// <summary>
    /// Sends a message. It is written down before this returns, so its memory is then the caller's again; the task
    /// completes when there is room for the next.
    /// </summary>
    /// <exception cref="IOException">The connection was cut, or the other side has closed.</exception>
    /// <exception cref="OperationCanceledException">
    /// The waiting was cancelled; the message is sent all the same.
    /// </exception>
    public ValueTask SendAsync(RelayMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (_sender.Gate)
        {
            _sender.ThrowIfFailed();
            Encode(message);
        }

        return _sender.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Answers a question of the other side. It is written down before this returns, and waits for no room, so that
    /// whoever reads can answer at once.
    /// </summary>
    /// <exception cref="IOException">The connection was cut, or the other side has closed.</exception>
    /// <exception cref="ProtocolException">
    /// The other side asks and asks, and takes no answers; see <see cref="RelayChannelOptions.MaxReplyBytes"/>.
    /// </exception>
    public void Reply(RelayMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (_sender.Gate)
        {
            _sender.ThrowIfFailed();
            int written = _dialect.BufferedBytes;
            Encode(message);
            _sender.HandleReply(_dialect.BufferedBytes - written);
        }

        _sender.Start();
    }

    /// <summary>Sends what waits, then closes the transport in order. When cancelled it is cut.</summary>
    public async ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _sender.WhenIdleAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _transport.Abort();
            throw;
        }
        finally
        {
            await FinishAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Cuts the connection at once; pending calls fail.</summary>
    public void Abort() => _transport.Abort();

    /// <summary>Cuts the connection and waits until nothing of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        _transport.Abort();
        await FinishAsync().ConfigureAwait(false);
    }

    private static async ValueTask<RelayChannel?> RecognizeAsync(
        IMessageTransport transport, RelayChannelOptions options, CancellationToken cancellationToken)
    {
        while (await transport.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } frame)
        {
            // an empty one is a keep-alive, in every dialect
            RelayChannel? channel = null;
            try
            {
                if (frame.Length > 0)
                {
                    IDialect dialect = Dialect.ForRelay(frame.Span, options.MaxBatchBytes);
                    channel = new RelayChannel(transport, options, dialect);
                    channel.Begin(frame);
                    return channel;
                }
            }
            finally
            {
                if (channel is null)
                {
                    frame.Dispose();
                }
            }
        }

        return null;
    }

    private async ValueTask<RelayMessage?> ReadSlowlyAsync(CancellationToken cancellationToken)
    {
        RelayMessage? message;
        while (!TryRead(out message))
        {
            if (IsClosed() || !await TryReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        return message;
    }

    private bool IsClosed()
    {
        lock (_sender.Gate)
        {
            _sender.ThrowIfFailed();
            return _dialect.IsClosed;
        }
    }

    private bool TryRead(out RelayMessage? message)
    {
        bool isLast;
        DialectMessage next;
        lock (_sender.Gate)
        {
            int written = _dialect.BufferedBytes;
            bool isRead = _dialect.TryReadMessage(out next);
            if (isRead && next.Type == RelayMessageType.Ping)
            {
                // nobody waits for room for it: two sides that both did would wait for ever
                _dialect.TryBeginMessage(RelayMessageType.Pong, 0, out _);
            }

            _sender.HandleReply(_dialect.BufferedBytes - written);
            if (!isRead)
            {
                message = null;
                return false;
            }

            isLast = _dialect.IsFrameRead;
        }

        message = Decode(next, isLast);
        if (message is PingMessage)
        {
            _sender.Start();
        }

        return true;
    }

    private RelayMessage Decode(DialectMessage next, bool isLast)
    {
        PooledBuffer frame = _frame!.Value;
        if (next.Type != RelayMessageType.Data || !isLast)
        {
            return RelayMessageCodec.Read(next.Type, frame.Span.Slice(next.Offset, next.Length));
        }

        _frame = null;
        return RelayMessageCodec.Read(next.Type, frame.Slice(next.Offset, next.Length));
    }

    private bool TryOpen()
    {
        bool isOpen;
        lock (_sender.Gate)
        {
            int written = _dialect.BufferedBytes;
            isOpen = _dialect.TryOpen();
            _sender.HandleReply(_dialect.BufferedBytes - written);
        }

        if (isOpen)
        {
            _sender.Start();
        }

        return isOpen;
    }

    private async ValueTask<bool> TryReceiveAsync(CancellationToken cancellationToken)
    {
        ReleaseFrame();

        // what reading brought forth, such as rejected channels
        _sender.Start();
        PooledBuffer? frame = await _transport.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (frame is null)
        {
            return false;
        }

        Begin(frame.Value);
        return true;
    }

    private void Begin(PooledBuffer frame)
    {
        _frame = frame;
        lock (_sender.Gate)
        {
            _dialect.HandleFrame(frame.Memory);
        }
    }

    private void Encode(RelayMessage message)
    {
        if (!_dialect.TryBeginMessage(message.Type, message.GetEncodedSize(), out Span<byte> body))
        {
            throw new IOException("The other side has closed the relay protocol");
        }

        RelayMessageCodec.Write(message, body);
        if (message.HasSecret)
        {
            _sender.HandleSecret();
        }
    }

    private void ReleaseFrame()
    {
        _frame?.Dispose();
        _frame = null;
    }

    private async ValueTask FinishAsync()
    {
        await _sender.WhenIdleAsync(CancellationToken.None).ConfigureAwait(false);
        _sender.Fail(new ObjectDisposedException(nameof(RelayChannel)));

        // somebody may have sent in between
        await _sender.WhenIdleAsync(CancellationToken.None).ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
    }
}
