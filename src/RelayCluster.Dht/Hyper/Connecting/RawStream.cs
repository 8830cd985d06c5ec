using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Dht.Foreign;
using RelayCluster.Udx.Streams;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// A connection whose keys are elsewhere: the bytes of a UDX stream, or a link, as they are, cut where it suits.
/// Back-pressure and half-closing are the pipe's.
/// <para>
/// Each direction has a turn, for the one caller that it may have and for the end of it all: when the carrier is
/// over and the reader has had the rest, or nobody wants it any more, both turns are taken and the pipe's ends
/// completed.
/// </para>
/// </summary>
internal sealed class RawStream : DhtStream, IForeignStream
{
    /// <summary>
    /// The most bytes of one read or write below; frames are put together again by whoever has the keys.
    /// </summary>
    private const int MaxChunkBytes = 64 * 1024;

    private readonly ICarrier _carrier;
    private readonly SemaphoreSlim _readersTurn = new(1, 1);
    private readonly SemaphoreSlim _writersTurn = new(1, 1);
    private readonly TaskCompletionSource _readToEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watch;
    private Exception? _reason;
    private volatile bool _isDestroyed;
    private volatile bool _hasEnded;
    private volatile bool _isOver;

    public RawStream(
        ICarrier carrier,
        bool isInitiator,
        Fixed32 publicKey,
        Fixed32 remotePublicKey,
        IForeignHandshake handshake)
    {
        _carrier = carrier;
        IsInitiator = isInitiator;
        PublicKey = publicKey;
        RemotePublicKey = remotePublicKey;
        Handshake = handshake;
        _watch = WatchAsync();
    }

    public override bool IsInitiator { get; }

    public override Fixed32 PublicKey { get; }

    public override Fixed32 RemotePublicKey { get; }

    public override ReadOnlyMemory<byte> HandshakeHash => default;

    public IForeignHandshake Handshake { get; }

    public override Task Completion => _completion.Task;

    protected override bool IsEnded => _hasEnded && _readToEnd.Task.IsCompleted;

    public override async ValueTask WriteMessageAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default)
    {
        await _writersTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_hasEnded && !_isDestroyed)
            {
                throw new InvalidOperationException("The stream was ended; nothing can be written behind its end");
            }

            if (_isOver || await PutAsync(message, cancellationToken).ConfigureAwait(false))
            {
                throw await ToExceptionAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _writersTurn.Release();
        }
    }

    public override async ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        await _writersTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isOver || _isDestroyed)
            {
                throw await ToExceptionAsync().ConfigureAwait(false);
            }

            if (!_hasEnded)
            {
                _hasEnded = true;
                await _carrier.Pipe.Output.CompleteAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _writersTurn.Release();
        }
    }

    public override void Destroy(Exception? reason = null)
    {
        if (_completion.Task.IsCompleted)
        {
            return;
        }

        Interlocked.CompareExchange(ref _reason, reason, null);
        _isDestroyed = true;
        _carrier.Destroy();
        _readToEnd.TrySetResult();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
    }

    protected override async ValueTask<PooledBuffer?> ReadMessageCoreAsync(CancellationToken cancellationToken)
    {
        await _readersTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isDestroyed || (_isOver && !_readToEnd.Task.IsCompleted))
            {
                throw await ToExceptionAsync().ConfigureAwait(false);
            }

            if (_readToEnd.Task.IsCompleted)
            {
                return null;
            }

            ReadResult read = await _carrier.Pipe.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.Buffer.IsEmpty && read.IsCompleted)
            {
                _carrier.Pipe.Input.AdvanceTo(read.Buffer.Start);
                _readToEnd.TrySetResult();
                return null;
            }

            return Take(read.Buffer);
        }
        catch (IOException)
        {
            throw await ToExceptionAsync().ConfigureAwait(false);
        }
        finally
        {
            _readersTurn.Release();
        }
    }

    private PooledBuffer Take(ReadOnlySequence<byte> buffer)
    {
        buffer = buffer.Slice(0, Math.Min(buffer.Length, MaxChunkBytes));
        PooledBuffer chunk = PooledBuffer.Rent((int)buffer.Length);
        buffer.CopyTo(chunk.Span);
        _carrier.Pipe.Input.AdvanceTo(buffer.End);
        return chunk;
    }

    /// <summary>
    /// Piece by piece, so that no more lies in the pipe than it is meant to hold. True: the stream takes no more.
    /// </summary>
    private async ValueTask<bool> PutAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        bool isClosed = false;
        while (!isClosed && !message.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = message[..Math.Min(message.Length, MaxChunkBytes)];
            FlushResult flush = await _carrier.Pipe.Output.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            isClosed = flush.IsCompleted;
            message = message[piece.Length..];
        }

        return isClosed;
    }

    private async Task WatchAsync()
    {
        UdxStreamOutcome outcome = await _carrier.Completion.ConfigureAwait(false);
        if (outcome == UdxStreamOutcome.Ended)
        {
            await _readToEnd.Task.ConfigureAwait(false);
        }

        await CloseAsync().ConfigureAwait(false);
        Exception? failure = _isDestroyed ? _reason : outcome.ToFailure();
        if (failure is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(failure);

            // nobody has to ask how a stream ended
            _ = _completion.Task.Exception;
        }
    }

    /// <summary>Who is inside leaves by himself: the carrier is over. The semaphores stay for late
    /// callers.</summary>
    private async Task CloseAsync()
    {
        _isOver = true;
        await _writersTurn.WaitAsync().ConfigureAwait(false);
        await _carrier.Pipe.Output.CompleteAsync().ConfigureAwait(false);
        _writersTurn.Release();
        await _readersTurn.WaitAsync().ConfigureAwait(false);
        await _carrier.Pipe.Input.CompleteAsync().ConfigureAwait(false);
        _readersTurn.Release();
    }

    private async Task<DhtException> ToExceptionAsync()
    {
        // the pipe broke, so the stream ends now if it has not yet
        UdxStreamOutcome outcome = await _carrier.Completion.ConfigureAwait(false);
        return _isDestroyed
            ? new DhtException(DhtError.StreamReset, "this side destroyed the stream", _reason)
            : outcome.ToFailure() ?? new DhtException(DhtError.StreamReset);
    }
}
