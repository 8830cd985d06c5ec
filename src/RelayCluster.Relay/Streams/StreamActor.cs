using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Streams;

/// <summary>One stream between a client and a peer: opens it, carries messages both ways, ends it.</summary>
/// <remarks>
/// <code>
///   session ──told──> PeerWriter ──write──> DhtStream      charged to the budgets until the peer's stream has taken it
///   outbox &lt;──post─── PeerReader &lt;──read─── DhtStream      only while the lane and the outbox have room
/// </code>
/// <para>
/// <b>Halves.</b> Each side's end ends its half, after all that was said before it. From the peer's end on the actor
/// waits for the stream's own end too: both have ended and the peer has all, or the peer is gone behind its end. A client's destroy that comes then is only its
/// tidying up. Before, it cuts the stream, and what was still on its way is dropped, as with the reference.
/// </para>
/// <para>
/// <b>Failure.</b> Whatever breaks first is told to the client, once, in the lane, behind the data that came before it:
/// <c>destroy</c> with the reference's words. A dial that fails has no lane and no alias on our side yet: its
/// <c>destroy</c> names the client's alias.
/// </para>
/// <para>
/// <b>Accepted streams</b> are open at once, and their data comes to the client right behind the news of them. But the
/// client has to answer with an alias of its own within <see cref="RelayOptions.AnswerTimeout"/>: it may have closed
/// the server meanwhile. As long a client that keeps its secret key has to say the first thing on a stream that it
/// dialled.
/// </para>
/// <para>
/// <b>Raw streams</b>, of clients that keep their secret keys, are no different here: their messages are ciphertext,
/// and cut anywhere.
/// </para>
/// <para>
/// <b>Stalled peers.</b> One write is under way at a time. If it takes <see cref="RelayOptions.StalledPeerTimeout"/>,
/// and the bytes behind it stop the whole session's reading, the stream fails.
/// </para>
/// <para>
/// <b>End.</b> Where the relay ends the session, the stream's last word is a destroy with the reason, and what waited
/// in its lane goes unsaid. The stream is owned by the context, so the stop destroys it and waits until nothing of it
/// is left. The client's secret key is needed for the dial only, and zeroed right after it.
/// </para>
/// </remarks>
internal sealed partial class StreamActor : Actor<StreamMessage>
{
    private readonly SessionScope _scope;
    private readonly StreamOrigin _origin;
    private readonly uint _alias;
    private readonly Gate _gate;
    private readonly OutboxLane _lane;
    private PeerWriter _writer = null!;
    private PeerReader _reader = null!;
    private DhtStream? _stream;
    private long _started;
    private string _endedBy = "relay";
    private ActorTimer? _answerTimer;
    private bool _isWanted;
    private bool _isOver;

    public StreamActor(SessionScope scope, StreamOrigin origin, uint alias, Gate toPeer)
    {
        _scope = scope;
        _origin = origin;
        _alias = alias;
        _gate = toPeer;
        _lane = new OutboxLane(scope.Settings.StreamBytesEachWay);
    }

    protected override void OnStarted()
    {
        _scope.Metrics.StreamStarted();
        _writer = new PeerWriter(Context, _scope, _gate, Break);
        _reader = new PeerReader(Context, _scope, _lane, _alias, AwaitCompletion, Break);
        _started = Context.TimeProvider.GetTimestamp();
        Context.CreateWait<DhtStream>(OnOpened, OnDialFailed, Context.Own)
            .Await(_origin.OpenAsync(Context.Stopping));
    }

    protected override void Receive(StreamMessage message)
    {
        if (message.Asker is { } asker)
        {
            asker.TryTell(Describe());
            return;
        }

        if (message.FromClient is not null)
        {
            _isWanted = true;
            _answerTimer?.Cancel();
            _answerTimer = null;
        }

        switch (message.FromClient)
        {
            case null:
                CheckTimeouts();
                break;
            case DataMessage data:
                _writer.Enqueue(data);
                break;
            case EndMessage:
                _writer.End();
                break;
            case DestroyMessage destroy:
                OnClientDestroyed(destroy.Error);
                break;
        }
    }

    protected override void OnStopping()
    {
        _stream?.Destroy();
        if (!_isOver && _scope.Farewell?.StreamError is { } error)
        {
            _scope.Outbox.Discard(_lane);
            _scope.Outbox.Post(_stream is null
                ? new DestroyMessage(IsPaired: false, _origin.Alias, error)
                : new DestroyMessage(IsPaired: true, _alias, error));
        }
    }

    protected override void OnDiscarded(StreamMessage message)
    {
        message.Asker?.TryTell(null);
        if (message.FromClient is DataMessage data)
        {
            _writer.GiveBack(data);
        }
    }

    protected override void OnStopped()
    {
        _writer.Release();
        _origin.Dispose();
        _scope.Metrics.StreamEnded(_endedBy);
        Log.Closed(_scope.Logger, _scope.SessionId, _origin.Alias, _endedBy);
    }

    private void OnOpened(DhtStream stream)
    {
        Context.Own(stream);
        if (_isOver)
        {
            return;
        }

        _origin.Dispose();
        _stream = stream;
        TimeSpan duration = Context.TimeProvider.GetElapsedTime(_started);
        Log.Opened(_scope.Logger, _scope.SessionId, _origin.Alias, stream.RemotePublicKey, duration);
        _scope.Outbox.Post(_origin.Announce(_alias, stream));
        _reader.Start(stream);
        _writer.Start(stream);
        if (_origin.AwaitsClient && !_isWanted)
        {
            _answerTimer = Context.ScheduleOnce(_scope.Settings.AnswerTimeout, default);
        }
    }

    private void OnDialFailed(Exception exception)
    {
        if (_isOver)
        {
            return;
        }

        Log.DialFailed(_scope.Logger, _scope.SessionId, _origin.Alias, exception.Message);
        _scope.Outbox.Post(new DestroyMessage(IsPaired: false, _origin.Alias, ToErrorText(exception)));
        Finish("peer");
    }

    private StreamSummary Describe() => new(
        _origin.Alias,
        _origin.Direction,
        _origin.RemotePublicKey,
        IsOpen: _stream is not null && !_isOver,
        Context.TimeProvider.GetElapsedTime(_started),
        _writer.Bytes,
        _reader.Bytes);

    private void CheckTimeouts()
    {
        if (_answerTimer is not null)
        {
            // Nothing else can be due: before its answer the client cannot have written anything that stalls.
            Break(new TimeoutException("the client did not take the connection"));
            return;
        }

        _writer.CheckStall();
    }

    private void OnClientDestroyed(string? error)
    {
        if (_isOver || (_writer.HasClientEnded && _reader.IsEnded))
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

        Log.Broken(_scope.Logger, _scope.SessionId, _origin.Alias, exception.Message);
        _stream?.Destroy(exception);
        _scope.Outbox.Post(_lane, new DestroyMessage(IsPaired: true, _alias, ToErrorText(exception)));
        Finish(exception is DhtException ? "peer" : "relay");
    }

    /// <summary>
    /// The peer has ended, so nobody reads any more, and would hear that the stream breaks or that it is over.
    /// </summary>
    private void AwaitCompletion() => Context.CreateWait(() => Finish("both"), OnBrokenBehindPeersEnd)
        .Await(new ValueTask(_stream!.Completion.WaitAsync(Context.Stopping)));

    private void OnBrokenBehindPeersEnd(Exception exception)
    {
        if (_writer.IsEnded)
        {
            Finish("peer");
        }
        else
        {
            Break(exception);
        }
    }

    private void Finish(string endedBy)
    {
        _isOver = true;
        _endedBy = endedBy;
        _writer.Stop();
        _reader.Stop();
        Context.StopSelf();
    }

    /// <summary>
    /// Clients compare the words, so what is not the DHT's own failure borrows the nearest of the reference's.
    /// </summary>
    private string ToErrorText(Exception exception) => exception is DhtException known
        ? known.Message
        : new DhtException(_stream is null ? DhtError.PeerConnectionFailed : DhtError.StreamReset).Message;

    private static partial class Log
    {
        [LoggerMessage(
            5020, LogLevel.Debug, "Session {SessionId} opened stream {Alias} with {RemotePublicKey} in {Duration}")]
        public static partial void Opened(
            ILogger logger, string sessionId, uint alias, Fixed32 remotePublicKey, TimeSpan duration);

        [LoggerMessage(5021, LogLevel.Debug, "Session {SessionId} closed stream {Alias}; ended by {Side}")]
        public static partial void Closed(ILogger logger, string sessionId, uint alias, string side);

        [LoggerMessage(5022, LogLevel.Debug, "Session {SessionId} could not open stream {Alias}: {Error}")]
        public static partial void DialFailed(ILogger logger, string sessionId, uint alias, string error);

        [LoggerMessage(5023, LogLevel.Debug, "Session {SessionId} stream {Alias} broke: {Error}")]
        public static partial void Broken(ILogger logger, string sessionId, uint alias, string error);
    }
}
