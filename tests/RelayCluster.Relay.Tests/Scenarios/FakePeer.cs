using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>
/// A peer as the relay's node sees it: the relay holds the <see cref="DhtStream"/>, the test says what the peer does.
/// </summary>
internal class FakePeer : DhtStream
{
    private readonly Lock _lock = new();
    private readonly Queue<byte[]?> _toRelay = new();
    private readonly List<byte[]> _received = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _arrival = NewSource();
    private TaskCompletionSource? _stall;
    private Exception? _broken;
    private int _readsOfRelay;

    public FakePeer(Fixed32 publicKey) => RemotePublicKey = publicKey;

    public static byte[] Hash { get; } = [.. Enumerable.Range(0, 64).Select(static i => (byte)i)];

    public override bool IsInitiator => true;

    public override Fixed32 PublicKey => default;

    public override Fixed32 RemotePublicKey { get; }

    public override ReadOnlyMemory<byte> HandshakeHash => Hash;

    public override Task Completion => _completion.Task;

    protected override bool IsEnded => _completion.Task.IsCompleted;

    /// <summary>Whether the stream's own end waits for the test, as it does until a real peer has all.</summary>
    public bool HoldsCompletion { get; set; }

    public bool IsEndedByRelay { get; private set; }

    public bool IsDestroyed { get; private set; }

    public bool IsDisposed { get; private set; }

    public Exception? DestroyReason { get; private set; }

    public bool IsEnding { get; private set; }

    /// <summary>How many messages the relay has taken from this peer.</summary>
    public int TakenByRelay => Volatile.Read(ref _readsOfRelay);

    public IReadOnlyList<byte[]> Received
    {
        get
        {
            lock (_lock)
            {
                return [.. _received];
            }
        }
    }

    public long ReceivedBytes => Received.Sum(static message => (long)message.Length);

    /// <summary>The peer stops taking anything, or goes on.</summary>
    public bool IsStalled
    {
        get => _stall is not null;
        set
        {
            TaskCompletionSource? stall;
            lock (_lock)
            {
                stall = _stall;
                _stall = value ? stall ?? NewSource() : null;
            }

            if (!value)
            {
                stall?.TrySetResult();
            }
        }
    }

    public void Send(byte[] message) => Arrive(message);

    public void SendEnd() => Arrive(null);

    public void Break(DhtException exception)
    {
        TaskCompletionSource arrival;
        lock (_lock)
        {
            _broken = exception;
            arrival = _arrival;
        }

        _stall?.TrySetResult();
        arrival.TrySetResult();
        _completion.TrySetException(exception);
    }

    public void Complete() => _completion.TrySetResult();

    public override async ValueTask WriteMessageAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default)
    {
        if (_stall is { } stall)
        {
            await stall.Task.WaitAsync(cancellationToken);
        }

        lock (_lock)
        {
            if (_broken is not null)
            {
                throw _broken;
            }

            Assert.False(IsEndedByRelay, "nothing is written behind the end");
            _received.Add(message.ToArray());
        }
    }

    public override ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        IsEndedByRelay = true;
        if (IsEnding && !HoldsCompletion)
        {
            _completion.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    public override void Destroy(Exception? reason = null)
    {
        if (!IsDestroyed)
        {
            IsDestroyed = true;
            DestroyReason = reason;
            _completion.TrySetResult();
        }
    }

    public override ValueTask DisposeAsync()
    {
        Destroy();
        IsDisposed = true;
        return base.DisposeAsync();
    }

    protected override async ValueTask<PooledBuffer?> ReadMessageCoreAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrival;
            lock (_lock)
            {
                if (_toRelay.TryDequeue(out byte[]? message))
                {
                    _readsOfRelay++;
                    IsEnding |= message is null;
                    return message is null ? null : PooledBuffer.CopyOf(message);
                }

                if (_broken is not null)
                {
                    throw _broken;
                }

                if (_arrival.Task.IsCompleted)
                {
                    _arrival = NewSource();
                }

                arrival = _arrival.Task;
            }

            await arrival.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Arrive(byte[]? message)
    {
        TaskCompletionSource arrival;
        lock (_lock)
        {
            _toRelay.Enqueue(message);
            arrival = _arrival;
            if (message is null && IsEndedByRelay && !HoldsCompletion)
            {
                _completion.TrySetResult();
            }
        }

        arrival.TrySetResult();
    }
}
