using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay.Streams;

/// <summary>
/// What a client has for its peer, one write at a time, its end behind it. Each data message was charged to the budgets by
/// the session, and is given back when the stream has taken its last chunk, or when nobody wants it any more. It belongs to
/// its stream's turns.
/// </summary>
internal sealed class PeerWriter
{
    private readonly ActorContext<StreamMessage> _context;
    private readonly SessionScope _scope;
    private readonly Gate _gate;
    private readonly Action<Exception> _failed;
    private readonly ActorWait _writing;
    private readonly ActorWait _ending;
    private readonly Queue<DataMessage> _messages = new();
    private DataChunks.Enumerator _chunks;
    private DhtStream? _stream;
    private ActorTimer? _stallTimer;
    private long _writeStarted;
    private bool _isInMessage;
    private bool _isStopped;

    /// <param name="context">Of the stream.</param>
    /// <param name="scope">Whose budget was charged.</param>
    /// <param name="gate">The stream's own budget, charged too.</param>
    /// <param name="failed">The peer's stream broke, or has stalled.</param>
    public PeerWriter(
        ActorContext<StreamMessage> context,
        SessionScope scope,
        Gate gate,
        Action<Exception> failed)
    {
        _context = context;
        _scope = scope;
        _gate = gate;
        _failed = failed;
        _writing = context.CreateWait(OnWritten, failed);
        _ending = context.CreateWait(() => IsEnded = true, failed);
    }

    /// <summary>The payload bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the client has ended its half.</summary>
    public bool HasClientEnded { get; private set; }

    /// <summary>Whether that end is on its way to the peer, with all before it.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The stream is open: what has gathered goes out.</summary>
    public void Start(DhtStream stream)
    {
        _stream = stream;
        Write();
    }

    /// <summary>Takes a message over. Behind the client's end, or our own, it is only given back.</summary>
    public void Enqueue(DataMessage data)
    {
        if (_isStopped || HasClientEnded)
        {
            GiveBack(data);
            return;
        }

        _messages.Enqueue(data);
        Write();
    }

    /// <summary>The client has ended its half.</summary>
    public void End()
    {
        HasClientEnded = true;
        Write();
    }

    /// <summary>Nothing more is written.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>The operations are over: what was not written is given back.</summary>
    public void Release()
    {
        while (_messages.TryDequeue(out DataMessage? data))
        {
            GiveBack(data);
        }
    }

    public void GiveBack(DataMessage data)
    {
        long cost = Outbox.CostOf(data);
        data.Dispose();
        _scope.Inbound.Remove(cost);
        _gate.Remove(cost);
    }

    /// <summary>
    /// Fails if one write has been under way for too long while the bytes behind it stop the whole session's reading. A
    /// slow peer that stops nobody is looked at again later.
    /// </summary>
    public void CheckStall()
    {
        if (_isStopped || !_writing.IsPending)
        {
            return;
        }

        TimeSpan timeout = _scope.Settings.StalledPeerTimeout;
        TimeSpan pending = _context.TimeProvider.GetElapsedTime(_writeStarted);
        if (pending >= timeout && (!_gate.IsOpen || !_scope.Inbound.IsOpen))
        {
            _failed(new DhtException(
                DhtError.StreamTimeout,
                $"the peer took nothing for {timeout.TotalSeconds} s while the whole session waited for it"));
            return;
        }

        _stallTimer = _context.ScheduleOnce(pending < timeout ? timeout - pending : timeout, default);
    }

    private void Write()
    {
        if (_stream is null || _isStopped || _writing.IsPending)
        {
            return;
        }

        while (_messages.TryPeek(out DataMessage? data))
        {
            if (!WriteChunks(data))
            {
                return;
            }

            _messages.Dequeue();
            GiveBack(data);
        }

        if (HasClientEnded && !IsEnded && !_ending.IsPending && _ending.TryTake(_stream.EndAsync(_context.Stopping)))
        {
            IsEnded = true;
        }
    }

    /// <summary>False: a write is under way, and goes on from here when it is over.</summary>
    private bool WriteChunks(DataMessage data)
    {
        if (!_isInMessage)
        {
            _isInMessage = true;
            _chunks = data.Chunks.GetEnumerator();
        }

        while (_chunks.MoveNext())
        {
            if (!_writing.TryTake(_stream!.WriteMessageAsync(_chunks.Current, _context.Stopping)))
            {
                WatchForStall();
                return false;
            }

            CountWritten();
        }

        _isInMessage = false;
        return true;
    }

    private void OnWritten()
    {
        CountWritten();
        Write();
    }

    private void CountWritten()
    {
        int bytes = _chunks.Current.Length;
        Bytes += bytes;
        _scope.Traffic.AddToPeers(bytes);
        _scope.Metrics.RelayedToPeer(bytes);
    }

    private void WatchForStall()
    {
        _writeStarted = _context.TimeProvider.GetTimestamp();
        if (_stallTimer is not { IsActive: true })
        {
            _stallTimer = _context.ScheduleOnce(_scope.Settings.StalledPeerTimeout, default);
        }
    }
}
