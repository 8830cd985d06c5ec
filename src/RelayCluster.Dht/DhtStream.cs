using RelayCluster.Wire;

namespace RelayCluster.Dht;

/// <summary>
/// An encrypted, ordered stream between two key pairs, direct or relayed. It carries messages
/// (<see cref="ReadMessageAsync"/>, <see cref="WriteMessageAsync"/>), and is a <see cref="Stream"/> of their bytes for
/// who does not care where one ends. Each side can end its own half (<see cref="EndAsync"/>) and go on reading;
/// <see cref="Destroy"/> cuts both. One reader and one writer at a time; a reader that stops reading stops the sender.
/// </summary>
/// <remarks>
/// <para>
/// <b>Messages and bytes may be mixed.</b> A message of which <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>
/// took only a part is kept, and its rest is what is read next, in either way. Reading bytes passes over empty
/// messages, as there 0 means the end. A write is one message, or several if it is longer than
/// <see cref="MaxMessageBytes"/>; an empty write is none. Nothing is held back, so there is nothing to flush.
/// </para>
/// <para>
/// <b>Failures.</b> The methods of messages throw <see cref="DhtException"/>; those of <see cref="Stream"/> throw
/// <see cref="IOException"/>, as users of a stream expect, with the <see cref="DhtException"/> within.
/// </para>
/// <para>
/// <b>Ending.</b> Disposing cuts a stream that has not ended both ways, and the other side may then miss what was
/// written last. Who wants everything to arrive ends first, and reads up to the other side's end. The synchronous
/// methods block the thread; <see cref="Stream.Dispose()"/> does not wait.
/// </para>
/// </remarks>
public abstract class DhtStream : Stream
{
    /// <summary>The longest message, in bytes: what a frame of the secret stream can hold.</summary>
    public const int MaxMessageBytes = 16_777_198;

    private PooledBuffer? _rest;
    private volatile bool _isDisposed;

    /// <summary>Whether this side dialled.</summary>
    public abstract bool IsInitiator { get; }

    /// <summary>This side's public key.</summary>
    public abstract Fixed32 PublicKey { get; }

    /// <summary>The other side's public key, proven by the handshake.</summary>
    public abstract Fixed32 RemotePublicKey { get; }

    /// <summary>The 64 byte hash of the Noise handshake, equal on both sides.</summary>
    public abstract ReadOnlyMemory<byte> HandshakeHash { get; }

    /// <summary>
    /// Completes when the stream is over: successfully when both sides ended or this side destroyed it without a reason,
    /// with the reason otherwise.
    /// </summary>
    public abstract Task Completion { get; }

    /// <summary>
    /// Whether both sides have ended, or one has destroyed the stream; what is written may still be on its way.
    /// </summary>
    protected abstract bool IsEnded { get; }

    /// <summary>True until the stream is disposed; whether the other side has ended shows when it is read.</summary>
    public override bool CanRead => !_isDisposed;

    /// <summary>True until the stream is disposed.</summary>
    public override bool CanWrite => !_isDisposed;

    /// <summary>False.</summary>
    public override bool CanSeek => false;

    /// <summary>Not supported.</summary>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// The next message, which the caller then owns; null when the other side has ended. If bytes were read before, the
    /// rest of the message that they are of.
    /// </summary>
    /// <exception cref="DhtException">The stream broke off.</exception>
    public ValueTask<PooledBuffer?> ReadMessageAsync(CancellationToken cancellationToken = default)
    {
        if (_rest is { } rest)
        {
            _rest = null;
            return ValueTask.FromResult<PooledBuffer?>(rest);
        }

        return ReadMessageCoreAsync(cancellationToken);
    }

    /// <summary>
    /// Sends one message of at most <see cref="MaxMessageBytes"/> bytes; completes when the stream has room for the
    /// next. The memory is the caller's again then.
    /// </summary>
    /// <exception cref="DhtException">The stream broke off.</exception>
    public abstract ValueTask WriteMessageAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default);

    /// <summary>Ends this side's half after what was written; the other half stays open.</summary>
    public abstract ValueTask EndAsync(CancellationToken cancellationToken = default);

    /// <summary>Cuts both halves at once. The other side sees the stream closed.</summary>
    public abstract void Destroy(Exception? reason = null);

    /// <summary>
    /// Destroys the stream unless both sides have ended, and waits until nothing of it is left: after both ends, until the
    /// other side has acknowledged the last bytes or is given up.
    /// </summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The next bytes, at least one; 0 when the other side has ended. With an empty buffer it waits for bytes and reads
    /// none.
    /// </summary>
    /// <exception cref="IOException">The stream broke off.</exception>
    public sealed override async ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        PooledBuffer? next;
        try
        {
            do
            {
                next = await ReadMessageAsync(cancellationToken).ConfigureAwait(false);
            }
            while (IsEmpty(next));
        }
        catch (DhtException e)
        {
            throw new IOException(e.Message, e);
        }

        return next is { } message ? Take(message, buffer.Span) : 0;
    }

    /// <inheritdoc/>
    public sealed override Task<int> ReadAsync(
        byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Reads like the asynchronous method, and blocks the thread meanwhile.</summary>
    /// <exception cref="IOException">The stream broke off.</exception>
    public sealed override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Writes the bytes as a message, or several; see there.</summary>
    /// <exception cref="IOException">The stream broke off.</exception>
    public sealed override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        try
        {
            while (!buffer.IsEmpty)
            {
                int length = Math.Min(buffer.Length, MaxMessageBytes);
                await WriteMessageAsync(buffer[..length], cancellationToken).ConfigureAwait(false);
                buffer = buffer[length..];
            }
        }
        catch (DhtException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public sealed override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Writes like the asynchronous method, and blocks the thread meanwhile.</summary>
    /// <exception cref="IOException">The stream broke off.</exception>
    public sealed override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public sealed override IAsyncResult BeginRead(
        byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public sealed override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    /// <inheritdoc/>
    public sealed override IAsyncResult BeginWrite(
        byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public sealed override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    /// <summary>Does nothing: what was written is on its way.</summary>
    public sealed override void Flush()
    {
    }

    /// <summary>Does nothing: what was written is on its way.</summary>
    public sealed override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Not supported.</summary>
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public sealed override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// Reads the next message, which the caller then owns; null when the other side has ended. Cancelling loses nothing.
    /// </summary>
    /// <exception cref="DhtException">The stream broke off.</exception>
    protected abstract ValueTask<PooledBuffer?> ReadMessageCoreAsync(CancellationToken cancellationToken);

    /// <summary>Destroys the stream unless both sides have ended.</summary>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        if (disposing && !IsEnded)
        {
            Destroy();
        }

        base.Dispose(disposing);
    }

    private static bool IsEmpty(PooledBuffer? message)
    {
        if (message is not { Length: 0 } empty)
        {
            return false;
        }

        empty.Dispose();
        return true;
    }

    private int Take(PooledBuffer message, Span<byte> buffer)
    {
        int length = Math.Min(message.Length, buffer.Length);
        message.Span[..length].CopyTo(buffer);
        if (length < message.Length)
        {
            _rest = message.Slice(length, message.Length - length);
        }
        else
        {
            message.Dispose();
        }

        return length;
    }
}
