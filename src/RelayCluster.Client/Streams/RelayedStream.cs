using System.Threading.Channels;
using RelayCluster.Client.Sessions;
using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Streams;

/// <summary>
/// A stream through the relay: each message is a chunk of a data message. Custodial, that is all; noncustodial, the
/// chunks are the bytes of a secret stream, and its own stream is what the user sees.
/// </summary>
/// <remarks>
/// <code>
///   relay ──data──> inbox (charged to the session's budget) ──ReadMessageAsync──> user
///   user ──WriteMessageAsync──> channel ──data──> relay                  waits for the room that the transport has
/// </code>
/// <para>
/// <b>Names.</b> What this side says carries its own alias, what the relay says the relay's. A stream that is dialled
/// learns that with <c>open</c>; one that a server accepted has it from the beginning.
/// </para>
/// <para>
/// <b>Ends.</b> Each side's <c>end</c> closes its half; with both the stream is over. A <c>destroy</c>, of either side,
/// cuts both halves: this side's at once and with what nobody has read, the relay's behind the data that came before
/// it, whose readers then hear the reason. The first reason is kept.
/// </para>
/// <para>
/// The session's reader hands messages in; the user reads, writes and destroys on any thread. The lock is around the
/// fields only.
/// </para>
/// </remarks>
internal sealed class RelayedStream : DhtStream
{
    // smaller ones would hold a whole frame's memory, which the budget does not know of
    private const int MinTakenBytes = 16 * 1024;

    private readonly RelayLink _link;
    private readonly SessionStreams _streams;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // what is in it is charged to the session's budget, and the session reads no more when that is used up
    private readonly Channel<PooledBuffer> _inbox = Channel.CreateUnbounded<PooledBuffer>();
    private ReadOnlyMemory<byte> _handshakeHash;
    private NoiseResult? _keys;
    private DhtException? _failure;
    private bool _hasRemoteEnded;
    private bool _hasEnded;
    private bool _isOver;

    public RelayedStream(
        RelayLink link,
        SessionStreams streams,
        uint alias,
        bool isInitiator,
        KeyPair keyPair,
        Fixed32 remotePublicKey)
    {
        _link = link;
        _streams = streams;
        Alias = alias;
        IsInitiator = isInitiator;
        KeyPair = keyPair;
        RemotePublicKey = remotePublicKey;
    }

    /// <summary>This side's number of it.</summary>
    public uint Alias { get; }

    /// <summary>This side's keys; they stay their owner's.</summary>
    public KeyPair KeyPair { get; }

    /// <summary>The relay's number of it, once it has told.</summary>
    public uint? RemoteAlias { get; private set; }

    public override bool IsInitiator { get; }

    public override Fixed32 PublicKey => KeyPair.PublicKey;

    public override Fixed32 RemotePublicKey { get; }

    public override ReadOnlyMemory<byte> HandshakeHash => _handshakeHash;

    public override Task Completion => _completion.Task;

    /// <summary>Completes when the relay has opened the stream, or could not.</summary>
    public Task Opened => _opened.Task;

    protected override bool IsEnded => _completion.Task.IsCompleted;

    /// <summary>
    /// The relay has opened it, which <see cref="HandleOpened"/> is to tell. False if nobody wants it any more.
    /// </summary>
    /// <param name="remoteAlias">The relay's number of it.</param>
    /// <param name="handshakeHash">The hash of the handshake.</param>
    /// <param name="keys">
    /// Of a noncustodial stream: what its handshake left, which the stream owns until they are taken.
    /// </param>
    public bool TryOpen(uint remoteAlias, ReadOnlyMemory<byte> handshakeHash, NoiseResult? keys)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                keys?.Dispose();
                return false;
            }

            RemoteAlias = remoteAlias;
            _handshakeHash = handshakeHash;
            _keys = keys;
        }

        return true;
    }

    /// <summary>Who waits for it to open may have it.</summary>
    public void HandleOpened() => _opened.TrySetResult();

    /// <summary>What the user gets of it, once it is open: where it has keys, the secret stream that they are for.</summary>
    /// <exception cref="DhtException">It has failed meanwhile.</exception>
    public DhtStream AsUserStream()
    {
        NoiseResult? keys;
        lock (_lock)
        {
            ThrowIfFailed();
            keys = _keys;
            _keys = null;
        }

        return keys is null ? this : new SealedStream(this, keys, _link.StreamOptions);
    }

    /// <summary>Takes over what the relay sent; what comes behind the end is dropped.</summary>
    public void HandleData(DataMessage data)
    {
        if (data.Chunks.BufferedBytes >= MinTakenBytes && data.Chunks.TryTakeOnly(out PooledBuffer only))
        {
            Take(only);
            return;
        }

        using (data)
        {
            foreach (ReadOnlyMemory<byte> chunk in data.Chunks)
            {
                Take(PooledBuffer.CopyOf(chunk.Span));
            }
        }
    }

    /// <summary>The relay sends no more.</summary>
    public void HandleEnd()
    {
        bool isOver;
        lock (_lock)
        {
            _hasRemoteEnded = true;
            isOver = _hasEnded;
        }

        _inbox.Writer.TryComplete();
        if (isOver)
        {
            Finish(null);
        }
    }

    /// <summary>The relay has destroyed it, or is gone.</summary>
    public void HandleFailure(DhtException failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
        }

        _inbox.Writer.TryComplete(failure);
        Finish(failure);
    }

    public override async ValueTask WriteMessageAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default)
    {
        if (message.Length > MaxMessageBytes)
        {
            throw new ArgumentException(
                $"A message has at most {MaxMessageBytes} bytes, not {message.Length}", nameof(message));
        }

        ThrowIfNotWritable();
        ValueTask sending;
        using (PooledBuffer copy = PooledBuffer.CopyOf(message.Span))
        {
            sending = _link.SendAsync(new DataMessage(Alias, copy), cancellationToken);
        }

        await WaitForRoomAsync(sending).ConfigureAwait(false);
    }

    public override async ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        bool isOver;
        lock (_lock)
        {
            ThrowIfFailed();
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
            isOver = _hasRemoteEnded;
        }

        ValueTask sending = _link.SendAsync(new EndMessage(Alias), cancellationToken);
        if (isOver)
        {
            Finish(null);
        }

        await WaitForRoomAsync(sending).ConfigureAwait(false);
    }

    public override void Destroy(Exception? reason = null)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _failure ??= new DhtException(DhtError.StreamReset, "this side destroyed the stream", reason);
        }

        // the relay finds the stream by this side's alias, whether or not it has told its own
        _link.Post(new DestroyMessage(IsPaired: true, Alias, reason?.Message));
        _inbox.Writer.TryComplete(_failure);
        Finish(reason);
        GiveBackInbox();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        GiveBackInbox();
    }

    protected override async ValueTask<PooledBuffer?> ReadMessageCoreAsync(CancellationToken cancellationToken)
    {
        while (await _inbox.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_inbox.Reader.TryRead(out PooledBuffer message))
            {
                _link.Inbound.Remove(InboundBudget.CostOf(message.Length));
                return message;
            }
        }

        return null;
    }

    private void Take(PooledBuffer message)
    {
        _link.Inbound.Add(InboundBudget.CostOf(message.Length));
        if (!_inbox.Writer.TryWrite(message))
        {
            GiveBack(message);
        }
    }

    private void GiveBackInbox()
    {
        while (_inbox.Reader.TryRead(out PooledBuffer message))
        {
            GiveBack(message);
        }
    }

    private void GiveBack(PooledBuffer message)
    {
        _link.Inbound.Remove(InboundBudget.CostOf(message.Length));
        message.Dispose();
    }

    /// <summary>A writer that waits for room hears at once that the stream is over.</summary>
    private async ValueTask WaitForRoomAsync(ValueTask sending)
    {
        if (sending.IsCompleted)
        {
            await sending.ConfigureAwait(false);
            return;
        }

        Task room = sending.AsTask();
        await Task.WhenAny(room, Completion).ConfigureAwait(false);
        ThrowIfFailed();
        if (room.IsCompleted)
        {
            await room.ConfigureAwait(false);
        }
    }

    private void ThrowIfNotWritable()
    {
        lock (_lock)
        {
            ThrowIfFailed();
            if (_hasEnded)
            {
                throw new InvalidOperationException("The stream was ended; nothing can be written behind its end");
            }
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    private void Finish(Exception? failure)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            _keys?.Dispose();
            _keys = null;
        }

        _streams.Forget(this);
        if (failure is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(failure);
            _ = _completion.Task.Exception; // seen: nobody has to ask how a stream ended
        }

        if (_opened.TrySetException(_failure ?? new DhtException(DhtError.StreamReset)))
        {
            _ = _opened.Task.Exception; // seen, even if the dial was given up
        }
    }
}
