using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Streams;

/// <summary>One stream between a client and a peer: dials it, carries messages both ways, ends it.</summary>
/// <remarks>
/// <code>
///   client's messages ─> _toPeer ─write─> DhtStream         the session has charged them to the budgets; each is given
///                                                            back when the peer's stream has taken it
///   outbox lane &lt;─post── read one message &lt;── DhtStream      the next is read only while the lane and the outbox have room
/// </code>
/// <para>
/// <b>Halves.</b> Each side's end ends its half, after all that was said before it; when both have ended, the actor waits
/// for the stream's own end (the peer has all), and is done. A client's destroy that comes then is only its tidying up.
/// Before, it cuts the stream, and what was still on its way is dropped, as with the reference.
/// </para>
/// <para>
/// <b>Failure.</b> Whatever breaks first is told to the client, once, in the lane, behind the data that came before it:
/// <c>destroy</c> with the reference's words. A dial that fails has no lane and no alias on our side yet: its
/// <c>destroy</c> names the client's alias.
/// </para>
/// <para>
/// <b>Stalled peers.</b> One write is under way at a time. If it is for <see cref="RelayOptions.StalledPeerTimeout"/>, and
/// the bytes behind it stop the whole session's reading, the stream fails.
/// </para>
/// <para>
/// <b>End.</b> The stream is owned by the context, so the stop destroys it and waits until nothing of it is left. The
/// client's secret key is needed for the dial only, and zeroed right after it.
/// </para>
/// </remarks>
internal sealed partial class StreamActor : Actor<StreamMessage>
{
    /// <summary>How many messages are read before others have their turn.</summary>
    private const int ReadsPerTurn = 32;

    private readonly SessionScope _scope;
    private readonly ConnectMessage _connect;
    private readonly uint _alias;
    private readonly Gate _gate;
    private readonly OutboxLane _lane;
    private readonly Queue<DataMessage> _toPeer = new();
    private DataChunks.Enumerator _chunks;
    private DhtStream? _stream;
    private ActorWait _writing = null!;
    private ActorWait _ending = null!;
    private ActorWait _room = null!;
    private ActorWait<PooledBuffer?> _reading = null!;
    private ActorTimer? _stallTimer;
    private long _dialStarted;
    private long _writeStarted;
    private bool _isWritingMessage;
    private bool _hasClientEnded;
    private bool _isEndSent;
    private bool _hasPeerEnded;
    private string _endedBy = "relay";
    private bool _isOver;

    public StreamActor(SessionScope scope, ConnectMessage connect, uint alias, Gate toPeer)
    {
        _scope = scope;
        _connect = connect;
        _alias = alias;
        _gate = toPeer;
        _lane = new OutboxLane(scope.Settings.StreamBytesEachWay);
    }

    protected override void OnStarted()
    {
        _scope.Metrics.StreamStarted();
        _writing = Context.CreateWait(OnWritten, Break);
        _ending = Context.CreateWait(OnEndSent, Break);
        _room = Context.CreateWait(ReadPeer, Break);
        _reading = Context.CreateWait<PooledBuffer?>(OnRead, Break, static message => message?.Dispose());
        _dialStarted = Context.TimeProvider.GetTimestamp();
        Context.CreateWait<DhtStream>(OnOpened, OnDialFailed, Context.Own).Await(DialAsync(Context.Stopping));
    }

    protected override void Receive(StreamMessage message)
    {
        switch (message.FromClient)
        {
            case null:
                CheckStall();
                break;
            case DataMessage data when _isOver || _hasClientEnded:
                // Late data, as after our own destroy: what it was charged is given back.
                GiveBack(data);
                break;
            case DataMessage data:
                _toPeer.Enqueue(data);
                WritePeer();
                break;
            case EndMessage:
                _hasClientEnded = true;
                WritePeer();
                break;
            case DestroyMessage destroy:
                OnClientDestroyed(destroy.Error);
                break;
        }
    }

    protected override void OnStopping() => _stream?.Destroy();

    protected override void OnDiscarded(StreamMessage message)
    {
        if (message.FromClient is DataMessage data)
        {
            GiveBack(data);
        }
    }

    protected override void OnStopped()
    {
        while (_toPeer.TryDequeue(out DataMessage? data))
        {
            GiveBack(data);
        }

        _connect.Dispose();
        _scope.Metrics.StreamEnded(_endedBy);
        Log.Closed(_scope.Logger, _scope.SessionId, _connect.Alias, _endedBy);
    }

    private async ValueTask<DhtStream> DialAsync(CancellationToken cancellationToken)
    {
        await _scope.Dials.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var options = new DhtConnectOptions { KeyPair = _connect.KeyPair };
            return await _scope.Node.ConnectAsync(_connect.RemotePublicKey, options, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            _scope.Dials.Release();
        }
    }

    private void OnOpened(DhtStream stream)
    {
        _connect.Dispose();
        _stream = stream;
        Context.Own(stream);
        TimeSpan duration = Context.TimeProvider.GetElapsedTime(_dialStarted);
        _scope.Metrics.Dialled(duration, "ok");
        Log.Opened(_scope.Logger, _scope.SessionId, _connect.Alias, _connect.RemotePublicKey, duration);
        _scope.Outbox.Post(new OpenMessage(_alias, _connect.Alias, stream.HandshakeHash, HandshakeId: 0));
        ReadPeer();
        WritePeer();
    }

    private void OnDialFailed(Exception exception)
    {
        TimeSpan duration = Context.TimeProvider.GetElapsedTime(_dialStarted);
        _scope.Metrics.Dialled(duration, exception is DhtException known ? known.Code : "error");
        Log.DialFailed(_scope.Logger, _scope.SessionId, _connect.Alias, _connect.RemotePublicKey, exception.Message);
        _scope.Outbox.Post(new DestroyMessage(IsPaired: false, _connect.Alias, ToErrorText(exception)));
        Finish("peer");
    }

    private void OnClientDestroyed(string? error)
    {
        if (_isOver || (_hasClientEnded && _hasPeerEnded))
        {
            return;
        }

        _stream?.Destroy(error is null ? null : new DhtException(DhtError.StreamReset, error));
        _scope.Outbox.Discard(_lane);
        Finish("client");
    }

    private void Break(Exception exception)
    {
        if (_isOver)
        {
            return;
        }

        Log.Broken(_scope.Logger, _scope.SessionId, _connect.Alias, exception.Message);
        _stream?.Destroy(exception);
        _scope.Outbox.Post(_lane, new DestroyMessage(IsPaired: true, _alias, ToErrorText(exception)));
        Finish(exception is DhtException ? "peer" : "relay");
    }

    private void Finish(string endedBy)
    {
        _isOver = true;
        _endedBy = endedBy;
        Context.StopSelf();
    }

    private void WritePeer()
    {
        if (_stream is null || _isOver || _writing.IsPending)
        {
            return;
        }

        while (_toPeer.TryPeek(out DataMessage? data))
        {
            if (!_isWritingMessage)
            {
                _isWritingMessage = true;
                _chunks = data.Chunks.GetEnumerator();
            }

            while (_chunks.MoveNext())
            {
                if (!_writing.TryTake(_stream.WriteMessageAsync(_chunks.Current, Context.Stopping)))
                {
                    WatchForStall();
                    return;
                }

                _scope.Metrics.RelayedToPeer(_chunks.Current.Length);
            }

            _isWritingMessage = false;
            _toPeer.Dequeue();
            GiveBack(data);
        }

        if (_hasClientEnded && !_isEndSent && !_ending.IsPending && _ending.TryTake(_stream.EndAsync(Context.Stopping)))
        {
            OnEndSent();
        }
    }

    private void OnWritten()
    {
        _scope.Metrics.RelayedToPeer(_chunks.Current.Length);
        WritePeer();
    }

    private void OnEndSent()
    {
        _isEndSent = true;
        FinishIfBothEnded();
    }

    private void ReadPeer()
    {
        for (int i = 0; i < ReadsPerTurn; i++)
        {
            if (_isOver || !HasRoom())
            {
                return;
            }

            if (!_reading.TryTake(_stream!.ReadMessageAsync(Context.Stopping), out PooledBuffer? message)
                || !Take(message))
            {
                return;
            }
        }

        if (HasRoom())
        {
            _reading.Await(_stream!.ReadMessageAsync(Context.Stopping));
        }
    }

    private void OnRead(PooledBuffer? message)
    {
        if (Take(message))
        {
            ReadPeer();
        }
    }

    /// <summary>Passes one message on; false: it was the end.</summary>
    private bool Take(PooledBuffer? message)
    {
        if (_isOver)
        {
            message?.Dispose();
            return false;
        }

        if (message is { } chunk)
        {
            _scope.Metrics.RelayedToClient(chunk.Length);
            _scope.Outbox.Post(_lane, new DataMessage(_alias, chunk));
            return true;
        }

        _hasPeerEnded = true;
        _scope.Outbox.Post(_lane, new EndMessage(_alias));
        FinishIfBothEnded();
        return false;
    }

    private bool HasRoom()
    {
        if (_lane.Gate.IsOpen && _scope.Outbox.Data.IsOpen)
        {
            return true;
        }

        _room.Await(WhenRoomAsync(Context.Stopping));
        return false;
    }

    private async ValueTask WhenRoomAsync(CancellationToken cancellationToken)
    {
        await _lane.Gate.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
        await _scope.Outbox.Data.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
    }

    private void FinishIfBothEnded()
    {
        if (_isEndSent && _hasPeerEnded)
        {
            Context.CreateWait(() => Finish("both"), _ => Finish("peer"))
                .Await(new ValueTask(_stream!.Completion.WaitAsync(Context.Stopping)));
        }
    }

    private void WatchForStall()
    {
        _writeStarted = Context.TimeProvider.GetTimestamp();
        if (_stallTimer is not { IsActive: true })
        {
            _stallTimer = Context.ScheduleOnce(_scope.Settings.StalledPeerTimeout, default);
        }
    }

    private void CheckStall()
    {
        if (!_writing.IsPending)
        {
            return;
        }

        TimeSpan timeout = _scope.Settings.StalledPeerTimeout;
        TimeSpan pending = Context.TimeProvider.GetElapsedTime(_writeStarted);
        bool isStoppingTheSession = !_gate.IsOpen || !_scope.Inbound.IsOpen;
        if (pending >= timeout && isStoppingTheSession)
        {
            Break(new DhtException(
                DhtError.StreamTimeout,
                $"the peer took nothing for {timeout.TotalSeconds} s while the whole session waited for it"));
            return;
        }

        _stallTimer = Context.ScheduleOnce(pending < timeout ? timeout - pending : timeout, default);
    }

    private void GiveBack(DataMessage data)
    {
        long cost = Outbox.CostOf(data);
        data.Dispose();
        _scope.Inbound.Remove(cost);
        _gate.Remove(cost);
    }

    /// <summary>Clients compare the words, so what is not the DHT's own failure borrows the nearest of the
    /// reference's.</summary>
    private string ToErrorText(Exception exception) => exception is DhtException known
        ? known.Message
        : new DhtException(_stream is null ? DhtError.PeerConnectionFailed : DhtError.StreamReset).Message;

    private static partial class Log
    {
        [LoggerMessage(
            5020, LogLevel.Debug, "Session {SessionId} opened stream {Alias} to {RemotePublicKey} in {Duration}")]
        public static partial void Opened(
            ILogger logger, string sessionId, uint alias, Fixed32 remotePublicKey, TimeSpan duration);

        [LoggerMessage(5021, LogLevel.Debug, "Session {SessionId} closed stream {Alias}; ended by {Side}")]
        public static partial void Closed(ILogger logger, string sessionId, uint alias, string side);

        [LoggerMessage(
            5022, LogLevel.Debug, "Session {SessionId} could not open stream {Alias} to {RemotePublicKey}: {Error}")]
        public static partial void DialFailed(
            ILogger logger, string sessionId, uint alias, Fixed32 remotePublicKey, string error);

        [LoggerMessage(5023, LogLevel.Debug, "Session {SessionId} stream {Alias} broke: {Error}")]
        public static partial void Broken(ILogger logger, string sessionId, uint alias, string error);
    }
}
