using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Streams;

/// <summary>
/// What a peer has for its client, one message at a time into the stream's lane of the outbox, and the next only while
/// the lane and the outbox have room, and when the policy's rate allows it. It belongs to its stream's turns.
/// </summary>
internal sealed class PeerReader
{
    /// <summary>How many messages are read before others have their turn.</summary>
    private const int ReadsPerTurn = 32;

    private readonly ActorContext<StreamMessage> _context;
    private readonly SessionScope _scope;
    private readonly OutboxLane _lane;
    private readonly uint _alias;
    private readonly Action _ended;
    private readonly Action<Exception> _failed;
    private readonly ActorWait<PooledBuffer?> _reading;
    private readonly ActorWait _room;
    private DhtStream? _stream;
    private TimeSpan _ratePause;
    private bool _isStopped;

    /// <param name="context">Of the stream.</param>
    /// <param name="scope">Whose outbox is posted to.</param>
    /// <param name="lane">Where in the outbox.</param>
    /// <param name="alias">The relay's alias of the stream.</param>
    /// <param name="ended">The peer has ended its half, and the client will know.</param>
    /// <param name="failed">The peer's stream broke.</param>
    public PeerReader(
        ActorContext<StreamMessage> context,
        SessionScope scope,
        OutboxLane lane,
        uint alias,
        Action ended,
        Action<Exception> failed)
    {
        _context = context;
        _scope = scope;
        _lane = lane;
        _alias = alias;
        _ended = ended;
        _failed = failed;
        _reading = context.CreateWait<PooledBuffer?>(OnRead, failed, static message => message?.Dispose());
        _room = context.CreateWait(Read, failed);
    }

    /// <summary>The payload bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the peer has ended its half.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The stream is open.</summary>
    public void Start(DhtStream stream)
    {
        _stream = stream;
        Read();
    }

    /// <summary>Nothing more is read or passed on.</summary>
    public void Stop() => _isStopped = true;

    private void Read()
    {
        for (int i = 0; i < ReadsPerTurn; i++)
        {
            if (_isStopped
                || !HasRoom()
                || !_reading.TryTake(_stream!.ReadMessageAsync(_context.Stopping), out PooledBuffer? message)
                || !PassOn(message))
            {
                return;
            }
        }

        if (HasRoom())
        {
            _reading.Await(_stream!.ReadMessageAsync(_context.Stopping));
        }
    }

    private void OnRead(PooledBuffer? message)
    {
        if (_isStopped)
        {
            message?.Dispose();
        }
        else if (PassOn(message))
        {
            Read();
        }
    }

    /// <summary>False: it was the end, one way or the other.</summary>
    private bool PassOn(PooledBuffer? message)
    {
        if (message is { } chunk)
        {
            if (chunk.Length > _scope.MaxChunkBytes)
            {
                // Messages have bounds, so it cannot go in two.
                chunk.Dispose();
                _failed(new DhtException(
                    DhtError.StreamReset,
                    $"The peer's message of {chunk.Length} bytes is longer than the {_scope.MaxChunkBytes} that the "
                    + "connection to the relay carries"));
                return false;
            }

            Bytes += chunk.Length;
            _scope.Traffic.AddToClient(chunk.Length);
            _scope.Metrics.RelayedToClient(chunk.Length);
            _ratePause = _scope.Policy.Carried(chunk.Length);
            _scope.Outbox.Post(_lane, new DataMessage(_alias, chunk));
            return true;
        }

        IsEnded = true;
        _scope.Outbox.Post(_lane, new EndMessage(_alias));
        _ended();
        return false;
    }

    private bool HasRoom()
    {
        if (_ratePause == TimeSpan.Zero && _lane.Gate.IsOpen && _scope.Outbox.Data.IsOpen)
        {
            return true;
        }

        _room.Await(WhenRoomAsync(_ratePause, _context.Stopping));
        _ratePause = TimeSpan.Zero;
        return false;
    }

    private async ValueTask WhenRoomAsync(TimeSpan ratePause, CancellationToken cancellationToken)
    {
        await _scope.WaitForRateAsync(ratePause, cancellationToken).ConfigureAwait(false);
        await _lane.Gate.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
        await _scope.Outbox.Data.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
    }
}
