using System.Buffers;
using System.Threading.Channels;
using RelayCluster.Wire;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Sharing;

/// <summary>
/// One protocol's channel of a <see cref="SharedMux"/>: messages in, messages out. One reader at a time, any number of
/// senders. Messages may be sent before the other side has opened it; they are dropped there if it rejects the channel.
/// </summary>
public sealed class SharedChannel : IDisposable
{
    // what an unread message costs beside its bytes
    private const int OverheadBytes = 64;

    private readonly SharedMux _mux;
    private readonly MuxChannel _half;
    private readonly int _maxUnreadBytes;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<bool> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // bounded by _maxUnreadBytes: the muxer receives nothing while it is full
    private readonly Channel<ChannelMessage> _unread = Channel.CreateUnbounded<ChannelMessage>();

    private long _unreadBytes;
    private bool _isClosed;
    private TaskCompletionSource? _room;
    private byte[] _remoteHandshake = [];

    internal SharedChannel(SharedMux mux, MuxChannel half, int maxUnreadBytes)
    {
        _mux = mux;
        _half = half;
        _maxUnreadBytes = maxUnreadBytes;
    }

    /// <summary>The protocol's name.</summary>
    public string Protocol => _half.Protocol;

    /// <summary>Who is at the other end, for logs.</summary>
    public string RemoteEndPoint => _mux.RemoteEndPoint;

    /// <summary>The longest message that can be sent, in bytes.</summary>
    public int MaxMessageBytes => _mux.MaxMessageBytes;

    /// <summary>What came with the other side's open; empty before that.</summary>
    public ReadOnlyMemory<byte> RemoteHandshake => _remoteHandshake;

    /// <summary>Whether the other side opens it too; false if it rejects it, or the connection ends before.</summary>
    public Task<bool> WhenOpenAsync(CancellationToken cancellationToken = default) =>
        _opened.Task.WaitAsync(cancellationToken);

    /// <summary>The next message if it is here already; the caller then owns it.</summary>
    public bool TryRead(out ChannelMessage message)
    {
        if (!_unread.Reader.TryRead(out message))
        {
            return false;
        }

        Free(CostOf(message));
        return true;
    }

    /// <summary>Whether there is a message to read, or false: the channel is closed.</summary>
    /// <exception cref="ProtocolException">The other side broke the muxer's protocol.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        _unread.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>The next message, which the caller then owns; null when the channel is closed.</summary>
    /// <inheritdoc cref="WaitToReadAsync" path="/exception"/>
    public async ValueTask<ChannelMessage?> ReadAsync(CancellationToken cancellationToken = default)
    {
        ChannelMessage message;
        while (!TryRead(out message))
        {
            if (!await WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        return message;
    }

    /// <summary>
    /// Sends a message. It is written down before this returns, so its memory is then the caller's again; the task
    /// completes when there is room for the next.
    /// </summary>
    /// <param name="type">Its number among the protocol's messages.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="cancellationToken">Ends the waiting; the message is sent all the same.</param>
    /// <exception cref="IOException">The connection was cut, or the channel is closed.</exception>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaxMessageBytes"/>.</exception>
    public ValueTask SendAsync(
        int type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        Write(
            type,
            payload.Length,
            payload,
            static (destination, payload) => payload.Span.CopyTo(destination),
            isSecret: false,
            isReply: false);
        return FlushAsync(cancellationToken);
    }

    /// <summary>Closes the channel on both sides, behind what was sent. What was not read is dropped.</summary>
    public void Dispose()
    {
        _mux.Close(_half);
        HandleClosed(reason: null);
        while (TryRead(out ChannelMessage message))
        {
            message.Dispose();
        }
    }

    internal void Write<TMessage>(
        int type, int length, TMessage message, SpanAction<byte, TMessage> write, bool isSecret, bool isReply) =>
        _mux.Write(_half, type, length, message, write, isSecret, isReply);

    internal void Flush() => _mux.Flush();

    internal ValueTask FlushAsync(CancellationToken cancellationToken) => _mux.FlushAsync(cancellationToken);

    internal void HandleOpened(ReadOnlyMemory<byte> handshake)
    {
        _remoteHandshake = handshake.ToArray();
        _opened.TrySetResult(true);
    }

    internal void HandleMessage(ChannelMessage message)
    {
        lock (_lock)
        {
            _unreadBytes += CostOf(message);
        }

        _unread.Writer.TryWrite(message);
    }

    internal void HandleClosed(Exception? reason)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            _isClosed = true;
            room = _room;
            _room = null;
        }

        room?.SetResult();
        _unread.Writer.TryComplete(reason);
        _opened.TrySetResult(false);
    }

    /// <summary>Completes when there is room for another message, or none comes any more.</summary>
    internal Task WhenRoomAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_unreadBytes <= _maxUnreadBytes || _isClosed)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    private static long CostOf(in ChannelMessage message) => OverheadBytes + message.Payload.Length;

    private void Free(long bytes)
    {
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            _unreadBytes -= bytes;
            if (_unreadBytes <= _maxUnreadBytes)
            {
                room = _room;
                _room = null;
            }
        }

        room?.SetResult();
    }
}
