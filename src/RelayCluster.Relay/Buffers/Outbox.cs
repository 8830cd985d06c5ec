using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Relay.Buffers;

/// <summary>
/// What a session has for its client, and the loop that sends it. Two kinds of traffic meet here: control messages go
/// first, in their order; then the streams' lanes take turns, a message each, so that no stream's bulk delays another's
/// echo. What ends a stream travels in its lane, behind its data.
/// </summary>
/// <remarks>
/// Posting never waits and never fails; what bounds the queues is that everyone asks before causing a post. A stream reads
/// its peer only while its lane's gate and <see cref="Data"/> are open; the session reads its client only while
/// <see cref="Control"/> is open, since every control message answers one of the client's, or is a ping, of which at most
/// one waits. A message is in the gates until the transport has taken it.
/// </remarks>
internal sealed class Outbox : IDisposable
{
    /// <summary>What a queued message costs beside its payload: the record, the queues' entries, a pool's rounding.</summary>
    public const int OverheadBytes = 256;

    /// <summary>How many answers may wait before the session reads no more questions.</summary>
    public const int ControlMark = 256;

    private readonly Lock _lock = new();
    private readonly Queue<RelayMessage> _control = new();
    private readonly Queue<OutboxLane> _ready = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private bool _hasPing;
    private bool _isClosed;

    /// <param name="dataMark">How many bytes may lie in all lanes before the streams stop reading.</param>
    public Outbox(long dataMark) => Data = new Gate(dataMark);

    /// <summary>The control messages that wait, by number.</summary>
    public Gate Control { get; } = new(ControlMark);

    /// <summary>The bytes that wait in all lanes.</summary>
    public Gate Data { get; }

    /// <summary>What a message of a lane counts for.</summary>
    public static long CostOf(RelayMessage message) =>
        OverheadBytes + (message is DataMessage data ? data.Chunks.BufferedBytes : 0);

    /// <summary>Posts a message that concerns no open stream.</summary>
    public void Post(RelayMessage message)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                Control.Add(1);
                _control.Enqueue(message);
            }
        }

        Wake();
    }

    /// <summary>Posts a ping unless one is still waiting.</summary>
    public void PostPing()
    {
        lock (_lock)
        {
            if (_hasPing || _isClosed)
            {
                return;
            }

            _hasPing = true;
            Control.Add(1);
            _control.Enqueue(PingMessage.Instance);
        }

        Wake();
    }

    /// <summary>Posts a message of an open stream, and takes it over.</summary>
    public void Post(OutboxLane lane, RelayMessage message)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                message.Dispose();
                return;
            }

            long cost = CostOf(message);
            lane.Gate.Add(cost);
            Data.Add(cost);
            lane.Messages.Enqueue(message);
            if (lane.Messages.Count == 1)
            {
                _ready.Enqueue(lane);
            }
        }

        Wake();
    }

    /// <summary>Drops what waits in a lane: the client does not want it any more.</summary>
    public void Discard(OutboxLane lane)
    {
        RelayMessage[] dropped;
        lock (_lock)
        {
            dropped = [.. lane.Messages];
            lane.Messages.Clear();
        }

        foreach (RelayMessage message in dropped)
        {
            Release(lane, message);
        }
    }

    /// <summary>Sends until it is cancelled or the transport fails.</summary>
    /// <param name="send">
    /// Sends one message, and completes when there is room for the next; the message stays the outbox's.
    /// </param>
    /// <param name="cancellationToken">Ends the loop.</param>
    public async Task RunAsync(
        Func<RelayMessage, CancellationToken, ValueTask> send,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!TryTake(out RelayMessage? message, out OutboxLane? lane))
            {
                await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            await SendAsync(send, message, lane, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what is left, behind the end of the loop.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task SendRestAsync(
        Func<RelayMessage, CancellationToken, ValueTask> send,
        CancellationToken cancellationToken)
    {
        while (TryTake(out RelayMessage? message, out OutboxLane? lane))
        {
            await SendAsync(send, message, lane, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives back all that will not be sent any more. The loop must have ended.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        while (TryTake(out RelayMessage? message, out OutboxLane? lane))
        {
            Release(lane, message);
        }
    }

    private async ValueTask SendAsync(
        Func<RelayMessage, CancellationToken, ValueTask> send,
        RelayMessage message,
        OutboxLane? lane,
        CancellationToken cancellationToken)
    {
        try
        {
            await send(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release(lane, message);
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private bool TryTake([NotNullWhen(true)] out RelayMessage? message, out OutboxLane? lane)
    {
        lock (_lock)
        {
            lane = null;
            if (_control.TryDequeue(out message))
            {
                _hasPing &= message is not PingMessage;
                return true;
            }

            while (_ready.TryDequeue(out lane))
            {
                // A lane that was discarded meanwhile is empty.
                if (lane.Messages.TryDequeue(out message))
                {
                    if (lane.Messages.Count > 0)
                    {
                        _ready.Enqueue(lane);
                    }

                    return true;
                }
            }

            return false;
        }
    }

    private void Release(OutboxLane? lane, RelayMessage message)
    {
        if (lane is null)
        {
            Control.Remove(1);
        }
        else
        {
            long cost = CostOf(message);
            message.Dispose();
            Data.Remove(cost);
            lane.Gate.Remove(cost);
        }
    }
}
