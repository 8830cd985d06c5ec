using System.Diagnostics.CodeAnalysis;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Channels;

/// <summary>
/// The relay protocol alone on a transport of its own, which the link owns: the usual case, and the fast one. A frame
/// is received when the messages of the one before have all been read, and read where it lies.
/// </summary>
internal sealed class TransportLink : IRelayLink
{
    private static readonly CloseReason NotAwaited = new(
        CloseKind.GoingAway, "The relay does not wait any longer for the protocol to be opened");

    private readonly IMessageTransport _transport;
    private readonly IDialect _dialect;
    private readonly FrameSender _sender;
    private PooledBuffer? _frame;

    private TransportLink(IMessageTransport transport, RelayChannelOptions options, IDialect dialect)
    {
        _transport = transport;
        _dialect = dialect;
        _sender = new FrameSender(transport, dialect, options.MaxUnsentBytes, options.MaxReplyBytes);
    }

    public RelayDialect SpokenDialect => _dialect is Web4Dialect ? RelayDialect.Web4 : RelayDialect.Hyperswarm;

    public string RemoteEndPoint => _transport.RemoteEndPoint;

    public string? RemoteReason => _transport.RemoteReason;

    public int MaxMessageBytes => _sender.MaxMessageBytes;

    /// <summary>
    /// The relay's side: waits for the client to open the protocol, and opens it too, in the dialect that the client's
    /// first frame is of. Null if the client closes the transport before. The transport is closed in every case but
    /// success.
    /// </summary>
    /// <exception cref="ProtocolException">The client speaks something else.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    public static async ValueTask<TransportLink?> AcceptAsync(
        IMessageTransport transport, RelayChannelOptions options, CancellationToken cancellationToken)
    {
        TransportLink? link = null;
        bool isOpen = false;
        try
        {
            link = await RecognizeAsync(transport, options, cancellationToken).ConfigureAwait(false);
            if (link is null)
            {
                return null;
            }

            while (!link.TryOpen())
            {
                if (!await link.TryReceiveAsync(cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }
            }

            isOpen = true;
            return link;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await transport.CloseAsync(NotAwaited).ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (!isOpen)
            {
                transport.Abort();
                IAsyncDisposable owner = link is null ? transport : link;
                await owner.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The client's side: opens the protocol at once, without waiting for the relay.</summary>
    public static TransportLink Open(IMessageTransport transport, RelayChannelOptions options)
    {
        var link = new TransportLink(transport, options, Dialect.ForClient(options.Dialect, options.MaxBatchBytes));
        link._sender.Start();
        return link;
    }

    public bool TryRead([NotNullWhen(true)] out RelayMessage? message)
    {
        bool isLast;
        DialectMessage next;
        lock (_sender.Gate)
        {
            int written = _dialect.BufferedBytes;
            bool isRead = _dialect.TryReadMessage(out next);
            _sender.HandleReply(_dialect.BufferedBytes - written);
            if (!isRead)
            {
                message = null;
                return false;
            }

            isLast = _dialect.IsFrameRead;
        }

        message = Decode(next, isLast);
        return true;
    }

    public ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken) =>
        IsClosed() ? ValueTask.FromResult(false) : TryReceiveAsync(cancellationToken);

    public ValueTask SendAsync(RelayMessage message, CancellationToken cancellationToken)
    {
        lock (_sender.Gate)
        {
            _sender.ThrowIfFailed();
            Encode(message);
        }

        return _sender.StartAsync(cancellationToken);
    }

    public void Reply(RelayMessage message)
    {
        lock (_sender.Gate)
        {
            _sender.ThrowIfFailed();
            int written = _dialect.BufferedBytes;
            Encode(message);
            _sender.HandleReply(_dialect.BufferedBytes - written);
        }

        _sender.Start();
    }

    public ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken) =>
        _sender.CloseAsync(reason, cancellationToken);

    public void Abort() => _transport.Abort();

    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    private static async ValueTask<TransportLink?> RecognizeAsync(
        IMessageTransport transport, RelayChannelOptions options, CancellationToken cancellationToken)
    {
        while (await transport.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } frame)
        {
            // an empty one is a keep-alive, in every dialect
            TransportLink? link = null;
            try
            {
                if (frame.Length > 0)
                {
                    IDialect dialect = Dialect.ForRelay(frame.Span, options.MaxBatchBytes);
                    link = new TransportLink(transport, options, dialect);
                    link.Begin(frame);
                    return link;
                }
            }
            finally
            {
                if (link is null)
                {
                    frame.Dispose();
                }
            }
        }

        return null;
    }

    private bool IsClosed()
    {
        lock (_sender.Gate)
        {
            _sender.ThrowIfFailed();
            return _dialect.IsClosed;
        }
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
        int length = message.GetEncodedSize();
        _sender.ThrowIfTooLong(length);
        if (!_dialect.TryBeginMessage(message.Type, length, out Span<byte> body))
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
}
