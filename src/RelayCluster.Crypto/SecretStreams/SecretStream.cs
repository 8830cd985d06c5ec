using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Crypto.Noise;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// An encrypted stream of messages between two key pairs over any duplex of bytes: UDX, TCP, another stream. It drives
/// a <see cref="SecretStreamSender"/> and a <see cref="SecretStreamReceiver"/>, which know the bytes, over a pair of
/// pipes.
/// <code>
///   over TCP      Noise XX in frames, by HandshakeAsync        over UDX   Noise IK was done elsewhere, by the DHT
///   each side     header: stream id, nonce                     by Start
///   each side     frames: length 3 | encrypted message | tag   as many as it likes, then the end of the pipe
/// </code>
/// The two directions are independent halves. A half is open; then its owner ends it (<see cref="EndAsync"/> here, the
/// null of <see cref="ReadMessageAsync"/> there), and the other half goes on. <see cref="Destroy"/> cuts both, from any
/// thread, at any time; calls under way fail, and the first reason is kept. When both halves are closed, in whichever
/// way, <see cref="Completion"/> completes, the pipe's ends are completed and the keys are zeroed.
///
/// Back-pressure is the pipes': a reader that does not read leaves bytes in the pipe, whose writer then stops reading
/// its socket; <see cref="WriteMessageAsync"/> waits until the pipe has room. Frames larger than the pipe's threshold
/// are gathered piece by piece as they come, and take memory as they come.
///
/// One reader at a time. Writers take turns: a keep-alive of the stream's own may come between two messages of the
/// user, never into one. A message is encrypted straight into the pipe's memory, and decrypted straight out of it into
/// the pooled buffer that the reader gets.
///
/// The end of a pipe is not authenticated: who can cut the transport between two frames can make one half seem ended.
/// The reference is the same; protocols above that care have a goodbye of their own. A cut within a frame is an error.
///
/// Source: @hyperswarm/secret-stream 6.9 and 5.2. The pipe belongs to the stream from the start on.
/// </summary>
public sealed class SecretStream : IAsyncDisposable
{
    /// <summary>
    /// The longest message, in bytes: what a length of three bytes leaves beside the cipher's overhead.
    /// </summary>
    public const int MaxMessageBytes = Frame.MaxBodySize - StreamCipher.Overhead;

    private readonly IDuplexPipe _pipe;
    private readonly SecretStreamReceiver _receiver;
    private readonly SecretStreamSender _sender;
    private readonly StreamHalf _input;
    private readonly StreamHalf _output;
    private readonly SemaphoreSlim _writersTurn = new(1, 1);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly KeepAliveTimer? _keepAlive;
    private readonly Task _opening;
    private IOException? _destroyed;
    private int _openHalves = 2;

    private SecretStream(
        IDuplexPipe pipe,
        bool isInitiator,
        NoiseResult keys,
        SecretStreamReceiver receiver,
        StreamGeneration generation,
        SecretStreamOptions options)
    {
        _pipe = pipe;
        IsInitiator = isInitiator;
        PublicKey = keys.PublicKey;
        RemotePublicKey = keys.RemotePublicKey;
        HandshakeHash = keys.Hash;
        Generation = generation;
        _receiver = receiver;
        Span<byte> cipherHeader = stackalloc byte[StreamCipher.HeaderSize];
        RandomBytes.Fill(cipherHeader);
        _sender = new SecretStreamSender(keys, isInitiator, generation, cipherHeader);
        _input = new StreamHalf(CloseInput);
        _output = new StreamHalf(CloseOutput);
        _opening = OpenAsync();
        if (options.KeepAlive > TimeSpan.Zero)
        {
            _keepAlive = new KeepAliveTimer(this, options.KeepAlive, options.TimeProvider);
        }
    }

    /// <summary>Whether this side began the handshake.</summary>
    public bool IsInitiator { get; }

    /// <summary>This side's public key.</summary>
    public Fixed32 PublicKey { get; }

    /// <summary>The other side's public key, proven by the handshake.</summary>
    public Fixed32 RemotePublicKey { get; }

    /// <summary>The 64 byte hash of the Noise handshake, equal on both sides.</summary>
    public ReadOnlyMemory<byte> HandshakeHash { get; }

    /// <summary>The generation that this side speaks.</summary>
    public StreamGeneration Generation { get; }

    /// <summary>
    /// Completes when both halves are closed: successfully when both sides ended or <see cref="Destroy"/> was given no
    /// reason, with the reason otherwise.
    /// </summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Starts on a transport whose sides have shaken hands elsewhere; the header goes out at once. The keys are copied:
    /// the caller still disposes them.
    /// </summary>
    public static SecretStream Start(
        IDuplexPipe pipe,
        bool isInitiator,
        NoiseResult keys,
        SecretStreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        ArgumentNullException.ThrowIfNull(keys);
        options ??= new SecretStreamOptions();
        SecretStreamReceiver receiver = CreateReceiver(keys, isInitiator, options.Generation, options);
        return new SecretStream(pipe, isInitiator, keys, receiver, options.Generation, options);
    }

    /// <summary>
    /// Shakes hands (Noise XX) over the transport and starts. If that fails, or is cancelled, the pipe is completed
    /// with the reason.
    /// </summary>
    /// <exception cref="ProtocolException">
    /// The other side does not speak this, or ended within the handshake.
    /// </exception>
    /// <exception cref="IOException">The transport failed.</exception>
    public static ValueTask<SecretStream> HandshakeAsync(
        IDuplexPipe pipe,
        bool isInitiator,
        KeyPair keyPair,
        SecretStreamOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        var handshake = new NoiseHandshake(NoisePattern.XX, isInitiator, keyPair);
        return RunHandshakeAsync(pipe, handshake, options ?? new SecretStreamOptions(), cancellationToken);
    }

    /// <summary>
    /// The next message, which the caller then owns; null when the other side has ended, at every further call too.
    /// A cancelled call loses nothing.
    /// </summary>
    /// <exception cref="ProtocolException">
    /// The other side sent what it may not, and the stream was destroyed for it.
    /// </exception>
    /// <exception cref="IOException">The transport failed, or the stream was destroyed.</exception>
    /// <exception cref="InvalidOperationException">Another call is under way.</exception>
    public async ValueTask<PooledBuffer?> ReadMessageAsync(CancellationToken cancellationToken = default)
    {
        if (!_input.TryEnter())
        {
            ThrowIfDestroyed();
            return null;
        }

        try
        {
            while (true)
            {
                ReadResult read = await _pipe.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (TryTakeMessage(read, out PooledBuffer message))
                {
                    return message;
                }

                ThrowIfDestroyed();
                if (read.IsCompleted)
                {
                    _input.Close(reason: null);
                    return null;
                }
            }
        }
        catch (Exception e) when (!IsCancellation(e, cancellationToken))
        {
            throw Destroyed(by: e);
        }
        finally
        {
            _input.Leave();
        }
    }

    /// <summary>
    /// Sends one message of at most <see cref="MaxMessageBytes"/> bytes; completes when the transport has room for the
    /// next, and the memory is the caller's again. Cancelling ends the waiting: the message may be sent all the same.
    /// </summary>
    /// <exception cref="ArgumentException">The message is too long.</exception>
    /// <exception cref="InvalidOperationException">This half was ended.</exception>
    /// <exception cref="IOException">The transport failed, or the stream was destroyed.</exception>
    public async ValueTask WriteMessageAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default)
    {
        if (message.Length > MaxMessageBytes)
        {
            throw new ArgumentException(
                $"A message has at most {MaxMessageBytes} bytes, not {message.Length}", nameof(message));
        }

        await _writersTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_output.TryEnter())
            {
                ThrowIfDestroyed();
                throw new InvalidOperationException("The stream was ended; nothing can be written behind its end");
            }

            await SendAndLeaveAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writersTurn.Release();
        }
    }

    /// <summary>
    /// Ends this side's half after what was written, as the other side will see; the other half goes on. A second call
    /// does nothing.
    /// </summary>
    /// <exception cref="IOException">The stream was destroyed.</exception>
    public async ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        await _writersTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_output.TryEnter())
            {
                ThrowIfDestroyed();
                return;
            }

            try
            {
                await _pipe.Output.CompleteAsync().ConfigureAwait(false);
                _output.Close(reason: null);
            }
            finally
            {
                _output.Leave();
            }
        }
        finally
        {
            _writersTurn.Release();
        }
    }

    /// <summary>
    /// Cuts both halves at once: the pipe's ends are completed with an error, so the transport is aborted.
    /// </summary>
    public void Destroy(Exception? reason = null)
    {
        var error = new IOException("The stream was destroyed", reason);
        if (Completion.IsCompleted || Interlocked.CompareExchange(ref _destroyed, error, null) is not null)
        {
            return;
        }

        _input.Close(error, _pipe.Input.CancelPendingRead);
        _output.Close(error, _pipe.Output.CancelPendingFlush);
    }

    /// <summary>Destroys the stream and waits until nothing of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        Destroy();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _opening.ConfigureAwait(false);
        if (_keepAlive is not null)
        {
            await _keepAlive.DisposeAsync().ConfigureAwait(false);
        }

        // The semaphore stays: it holds nothing, and a late writer should hear that the stream was destroyed.
    }

    /// <summary>With a handshake of the caller's making, which this disposes.</summary>
    internal static async ValueTask<SecretStream> RunHandshakeAsync(
        IDuplexPipe pipe,
        NoiseHandshake handshake,
        SecretStreamOptions options,
        CancellationToken cancellationToken)
    {
        bool isInitiator = handshake.IsInitiator;
        bool follows = options.FollowInitiator && !isInitiator;
        SecretStreamReceiver? receiver = null;
        try
        {
            using NoiseHandshake machine = handshake;
            using NoiseResult keys = await SecretStreamHandshake.RunAsync(pipe, machine, cancellationToken)
                .ConfigureAwait(false);
            receiver = CreateReceiver(keys, isInitiator, follows ? null : options.Generation, options);
            if (follows)
            {
                await SecretStreamHandshake.ReadHeaderAsync(pipe.Input, receiver, cancellationToken)
                    .ConfigureAwait(false);
            }

            return new SecretStream(
                pipe, isInitiator, keys, receiver, receiver.Generation ?? options.Generation, options);
        }
        catch (Exception e)
        {
            receiver?.Dispose();
            await pipe.Input.CompleteAsync(e).ConfigureAwait(false);
            await pipe.Output.CompleteAsync(e).ConfigureAwait(false);
            if (e is IOException or ProtocolException || IsCancellation(e, cancellationToken))
            {
                throw;
            }

            throw TransportFailed(e);
        }
    }

    /// <summary>The caller's own; a transport may use the same exception type for an abort.</summary>
    private static bool IsCancellation(Exception e, CancellationToken cancellationToken) =>
        e is OperationCanceledException && cancellationToken.IsCancellationRequested;

    private static IOException TransportFailed(Exception e) => new("The stream's transport failed", e);

    private static SecretStreamReceiver CreateReceiver(
        NoiseResult keys,
        bool isInitiator,
        StreamGeneration? expected,
        SecretStreamOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxMessageBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxMessageBytes, MaxMessageBytes);
        return new SecretStreamReceiver(
            keys,
            isInitiator,
            expected,
            options.MaxMessageBytes,
            dropsEmptyMessages: options.KeepAlive > TimeSpan.Zero);
    }

    /// <summary>Sends the header. It never fails: what goes wrong destroys the stream, and later calls tell.</summary>
    private async Task OpenAsync()
    {
        await _writersTurn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_output.TryEnter())
            {
                await SendAndLeaveAsync(message: null, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ProtocolException)
        {
            // The stream was destroyed with this as its reason.
        }
        finally
        {
            _writersTurn.Release();
        }
    }

    private bool TryTakeMessage(ReadResult read, out PooledBuffer message)
    {
        ReadOnlySequence<byte> rest = read.Buffer;
        bool isTaken = false;
        try
        {
            isTaken = _receiver.TryReadMessage(ref rest, out message);
            if (!isTaken && read.IsCompleted)
            {
                _receiver.HandleEnd(rest);
            }

            return isTaken;
        }
        finally
        {
            _pipe.Input.AdvanceTo(rest.Start, isTaken ? rest.Start : read.Buffer.End);
        }
    }

    /// <summary>Null is the header. Whoever calls has entered the output half, and is out of it afterwards.</summary>
    private async ValueTask SendAndLeaveAsync(ReadOnlyMemory<byte>? message, CancellationToken cancellationToken)
    {
        try
        {
            Put(message);
            FlushResult flush = await _pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfDestroyed();
            if (flush.IsCompleted)
            {
                throw new IOException("The transport takes no more");
            }
        }
        catch (Exception e) when (!IsCancellation(e, cancellationToken))
        {
            throw Destroyed(by: e);
        }
        finally
        {
            _output.Leave();
        }
    }

    private void Put(ReadOnlyMemory<byte>? message)
    {
        int size = message is { } m ? SecretStreamSender.GetFrameSize(m.Length) : StreamHeader.FrameSize;
        Span<byte> frame = _pipe.Output.GetSpan(size);
        if (message is { } content)
        {
            _sender.WriteMessage(content.Span, frame);
        }
        else
        {
            _sender.WriteHeader(frame);
        }

        _pipe.Output.Advance(size);
        _keepAlive?.HandleWrite();
    }

    /// <summary>Destroys the stream because of an error; gives what the caller is to throw for it.</summary>
    private Exception Destroyed(Exception by)
    {
        Destroy(by);
        return by is IOException or ProtocolException ? by : TransportFailed(by);
    }

    private void ThrowIfDestroyed()
    {
        if (Volatile.Read(ref _destroyed) is { } error)
        {
            throw new IOException(error.Message, error.InnerException);
        }
    }

    private void CloseInput(Exception? reason)
    {
        _pipe.Input.Complete(reason);
        _receiver.Dispose();
        CountClosedHalf();
    }

    private void CloseOutput(Exception? reason)
    {
        _pipe.Output.Complete(reason);
        _sender.Dispose();
        _keepAlive?.Stop();
        CountClosedHalf();
    }

    private void CountClosedHalf()
    {
        if (Interlocked.Decrement(ref _openHalves) > 0)
        {
            return;
        }

        if (_destroyed?.InnerException is { } reason)
        {
            _completion.SetException(reason);
            _ = _completion.Task.Exception; // seen, whether or not anybody awaits it
        }
        else
        {
            _completion.SetResult();
        }
    }
}
