using System.Security.Cryptography;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Channels;

/// <summary>
/// The way out: takes frames from a muxer and gives them to the transport, one after the other. The first sender to
/// find the pump idle runs it; while the transport is busy, the messages of all others gather in one batch, which goes
/// out next. Its <see cref="Gate"/> is the one lock around the muxer.
/// </summary>
internal sealed class FrameSender(
    IMessageTransport transport, IFrameSource source, int maxUnsentBytes, int maxReplyBytes) : IAsyncDisposable
{
    // the numbers of a channel and of a message's type, beside the message in a frame of its own
    private const int FrameHeadBytes = 4;

    // so that one sender does not send for all the others forever
    private const int MaxFramesInOneTurn = 16;

    private readonly ReplyAllowance _replies = new(maxReplyBytes);
    private bool _isPumping;
    private TaskCompletionSource? _pumped;
    private bool _isCorked;
    private bool _sendsSecrets;
    private int _bytesInTransport;
    private TaskCompletionSource? _room;
    private IOException? _failure;

    /// <summary>To be held by whoever uses the muxer.</summary>
    public Lock Gate { get; } = new();

    private int UnsentBytes => source.BufferedBytes + _bytesInTransport;

    /// <summary>The longest message that fits into a frame of the transport.</summary>
    public int MaxMessageBytes => transport.MaxFrameBytes - FrameHeadBytes;

    /// <summary>Within the gate: whether anything can be sent still.</summary>
    /// <exception cref="IOException">The connection was cut.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new IOException(_failure.Message, _failure.InnerException);
        }
    }

    /// <exception cref="ArgumentException">A message is longer than what the transport can carry.</exception>
    public void ThrowIfTooLong(int messageBytes)
    {
        if (messageBytes > MaxMessageBytes)
        {
            throw new ArgumentException(
                $"A message of {messageBytes} bytes is too long for this connection, which carries {MaxMessageBytes}");
        }
    }

    /// <summary>Within the gate: what was just written holds a secret; its memory is to be zeroed.</summary>
    public void HandleSecret() => _sendsSecrets = true;

    /// <summary>Within the gate: this was written because the other side asked for it, and nobody waits for
    /// room.</summary> <exception cref="ProtocolException">It asks for more and more, and takes nothing.</exception>
    public void HandleReply(int bytes)
    {
        if (bytes > 0)
        {
            _replies.Charge(bytes, UnsentBytes);
        }
    }

    /// <summary>Sends what was written.</summary>
    public void Start()
    {
        lock (Gate)
        {
            if (_isPumping || source.BufferedBytes == 0)
            {
                return;
            }

            _isPumping = true;
        }

        // it keeps its own failure, and WhenIdleAsync knows its end
        _ = PumpAsync();
    }

    /// <summary>Sends what was written, and completes when there is room for more.</summary>
    /// <exception cref="IOException">The connection was cut.</exception>
    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        Start();
        lock (Gate)
        {
            ThrowIfFailed();
            if (UnsentBytes <= maxUnsentBytes)
            {
                return ValueTask.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Nothing is sent any more; who waits or sends hears why. The first reason is kept.</summary>
    public void Fail(Exception reason)
    {
        TaskCompletionSource? room;
        var failure = new IOException("The connection was cut", reason);
        lock (Gate)
        {
            _failure ??= failure;
            room = _room;
            _room = null;
            source.Destroy();
        }

        if (room is not null)
        {
            room.SetException(failure);
            _ = room.Task.Exception; // seen, even if all who waited have given up
        }
    }

    /// <summary>Sends what waits, then closes the transport in order. When cancelled it is cut.</summary>
    public async ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await WhenIdleAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            transport.Abort();
            throw;
        }
        finally
        {
            await FinishAsync(reason).ConfigureAwait(false);
        }
    }

    /// <summary>Cuts the transport and waits until nothing of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        transport.Abort();
        await FinishAsync(CloseReason.Done).ConfigureAwait(false);
    }

    private Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (!_isPumping)
            {
                return Task.CompletedTask;
            }

            _pumped ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _pumped.Task.WaitAsync(cancellationToken);
        }
    }

    private async ValueTask FinishAsync(CloseReason reason)
    {
        await WhenIdleAsync(CancellationToken.None).ConfigureAwait(false);
        Fail(new ObjectDisposedException("the channel"));

        // somebody may have sent in between
        await WhenIdleAsync(CancellationToken.None).ConfigureAwait(false);
        await transport.CloseAsync(reason).ConfigureAwait(false);
    }

    private async Task PumpAsync()
    {
        try
        {
            for (int turn = 1; TryTakeFrame(out PooledBuffer frame); turn++)
            {
                using (frame)
                {
                    await transport.SendAsync(frame.Memory, CancellationToken.None).ConfigureAwait(false);
                    HandleSent(frame);
                }

                if (turn % MaxFramesInOneTurn == 0)
                {
                    await Task.Yield();
                }
            }
        }
        catch (Exception e)
        {
            // kept, and thrown to whoever sends; the cut lets the reader know
            Fail(e);
            transport.Abort();
            EndPump();
        }
    }

    private void EndPump()
    {
        TaskCompletionSource? pumped;
        lock (Gate)
        {
            _isPumping = false;
            _bytesInTransport = 0;
            pumped = _pumped;
            _pumped = null;
        }

        pumped?.SetResult();
    }

    private bool TryTakeFrame(out PooledBuffer frame)
    {
        TaskCompletionSource? pumped = null;
        bool isTaken;
        lock (Gate)
        {
            if (_isCorked)
            {
                source.Uncork();
            }

            isTaken = source.TryTakeFrame(out frame);
            _isCorked = isTaken;
            _isPumping = isTaken;
            if (isTaken)
            {
                // what is sent while this frame is on its way gathers to the next
                source.Cork();
                _bytesInTransport = frame.Length;
            }
            else
            {
                _sendsSecrets = false;
                pumped = _pumped;
                _pumped = null;
            }
        }

        pumped?.SetResult();
        return isTaken;
    }

    private void HandleSent(PooledBuffer frame)
    {
        TaskCompletionSource? room = null;
        lock (Gate)
        {
            if (_sendsSecrets)
            {
                CryptographicOperations.ZeroMemory(frame.Span);
            }

            _replies.HandleSent(frame.Length);
            _bytesInTransport = 0;
            if (UnsentBytes <= maxUnsentBytes)
            {
                room = _room;
                _room = null;
            }
        }

        room?.SetResult();
    }
}
