using RelayCluster.Actors;
using RelayCluster.Crypto;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Administration;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Sessions;

/// <summary>One relayed client: reads its messages, and is the parent of all that works for it.</summary>
/// <remarks>
/// <code>
///   client ══> channel ──ClientReader──> SessionActor ──told──> StreamActor ══> peer
///                                             ├──────spawns───> QueryActor ──> DHT
///                                             └──────spawns───> ServerActor ─> DHT
///   client &lt;══ channel &lt;────Outbox────────────post──────────── StreamActor &lt;══ peer
/// </code>
/// <para>
/// <b>Order.</b> The handshake comes first and once; everything else before it, a second one, an alias or id that is in
/// use, or a message that only a relay sends breaks the protocol and ends the session. A message for a stream that is
/// not there does not: it raced with the stream's end, and is dropped.
/// </para>
/// <para>
/// <b>Back-pressure.</b> The <see cref="ClientReader"/> reads only while every budget has room. A session that is not
/// read fills the transport, and then the client waits. The wire has no such thing for a single stream, so a stalled
/// peer holds up its client's other streams towards their peers (not the other way: what comes from peers goes on, and
/// so do the pings). Two things keep that bearable: a stream may fill its budget before it stops anybody, and a peer
/// that takes nothing for <see cref="RelayOptions.StalledPeerTimeout"/> while it stops the session loses its stream.
/// </para>
/// <para>
/// <b>Silence.</b> Pings go out every heartbeat, past all queued data, also while nothing is read: clients count them.
/// A client not heard of for <see cref="RelayOptions.SilenceTimeout"/> is gone, unless it was we who did not listen
/// because a peer or a query had used up a budget. If we do not listen because the client takes no answers, that
/// excuses nothing.
/// </para>
/// <para>
/// <b>End.</b> The first reason is kept, the children stop (streams destroy their peers' side, queries and dials are
/// cancelled), then reading and sending are cancelled, the transport is closed, the client's key zeroed. Where it is
/// the relay that ends it, the client hears why: each stream leaves a destroy behind, which goes out before the close
/// (<see cref="SessionFarewell"/>). Of its servers nothing is said: a client may have them listen elsewhere. A child's
/// failure is its own; a failure here is the session's end and nobody else's.
/// </para>
/// <para>Source of the choreography: npm <c>@hyperswarm/dht-relay</c> 0.4.3.</para>
/// </remarks>
internal sealed partial class SessionActor : Actor<SessionMessage>
{
    private readonly SessionScope _scope;
    private readonly IClientArrival _client;
    private SessionStreams _streams = null!;
    private SessionServers _servers = null!;
    private SessionQueries _queries = null!;
    private ClientReader _reader = null!;
    private Heartbeat _heartbeat = null!;
    private HandshakeMessage? _handshake;
    private SessionEnd? _end;
    private DateTimeOffset _since;
    private RelayDialect _dialect;
    private bool _isExcused;

    public SessionActor(SessionScope scope, IClientArrival client)
    {
        _scope = scope;
        _client = client;
    }

    private TimeSpan Now => Context.TimeProvider.GetElapsedTime(0);

    protected override void OnStarted()
    {
        Log.Opened(_scope.Logger, _scope.SessionId, _client.RemoteEndPoint);
        _scope.Metrics.SessionOpened();
        _since = Context.TimeProvider.GetUtcNow();
        _streams = new SessionStreams(Context, _scope);
        _servers = new SessionServers(Context, _scope);
        _queries = new SessionQueries(Context, _scope);
        _reader = new ClientReader(Context, _scope, Take, OnReadingResumed, OnChannelFailed);
        _heartbeat = new Heartbeat(Now, _scope.Settings.HeartbeatInterval, _scope.Settings.SilenceTimeout);
        ScheduleBeat();
        Context.CreateWait<RelayChannel?>(OnOpened, OnChannelFailed, OwnChannel)
            .Await(_client.AcceptAsync(Context.Stopping));
    }

    protected override void Receive(SessionMessage message)
    {
        switch (message)
        {
            case SessionMessage.Accepted accepted:
                TakeOver(accepted);
                break;
            case SessionMessage.Close close:
                End(close.End, close.Text);
                break;
            case SessionMessage.Describe question:
                question.ReplyTo.TryTell(Describe());
                break;
            case SessionMessage.Dissect question:
                question.ReplyTo.TryTell(new SessionParts(
                    Describe(),
                    _servers.Take(question.Limit),
                    _streams.Take(question.Limit),
                    _queries.Take(question.Limit)));
                break;
            default:
                Beat();
                break;
        }
    }

    protected override void OnTerminated(ActorRef actor) =>
        _ = _streams.Remove(actor) || _servers.Remove(actor) || _queries.Remove(actor);

    protected override void OnDiscarded(SessionMessage message)
    {
        switch (message)
        {
            case SessionMessage.Accepted accepted:
                accepted.Stream.Destroy();
                break;
            case SessionMessage.Describe question:
                question.ReplyTo.TryTell(null);
                break;
            case SessionMessage.Dissect question:
                question.ReplyTo.TryTell(null);
                break;
        }
    }

    /// <summary>Whoever waits for an answer need not wait longer: nothing is read any more.</summary>
    protected override void OnStopping()
    {
        End(SessionEnd.RelayStopping, RelayServer.Stopping);
        _scope.Questions.Close();
    }

    protected override void OnStopped()
    {
        SessionEnd end = _end ?? SessionEnd.RelayStopping;
        _scope.Dispose();
        _handshake?.Dispose();
        _scope.Metrics.SessionEnded(end);
        Log.Closed(_scope.Logger, _scope.SessionId, end);
    }

    private SessionSummary Describe() => new()
    {
        Id = _scope.SessionId,
        Client = _client.Origin.Address is null ? _client.RemoteEndPoint : _client.Origin.ToString(),
        Transport = _client.Origin.Transport,
        Dialect = _handshake is null ? null : _dialect,
        IsCustodial = _handshake?.IsCustodial,
        Since = _since,
        Streams = _streams.Count,
        Servers = _servers.Count,
        Queries = _queries.Count,
        BytesToPeers = _scope.Traffic.ToPeers,
        BytesToClient = _scope.Traffic.ToClient,
    };

    private void End(SessionEnd end, string text = "")
    {
        if (_end is null)
        {
            _end = end;
            _scope.Farewell = SessionFarewell.Of(end, text);
            _servers.BeginEnd();
            _reader.Stop();
            Context.StopSelf();
        }
    }

    private void OnChannelFailed(Exception exception)
    {
        if (exception is ProtocolException violation)
        {
            OnViolation(violation);
        }
        else if (exception is IOException)
        {
            Log.Lost(_scope.Logger, _scope.SessionId, exception.Message);
            End(SessionEnd.ConnectionLost);
        }
        else
        {
            OnFault(exception);
        }
    }

    private void OnViolation(ProtocolException violation)
    {
        Log.Violated(_scope.Logger, _scope.SessionId, _client.RemoteEndPoint, violation.Message);
        End(SessionEnd.ProtocolViolation, violation.Message);
    }

    private void OnFault(Exception exception)
    {
        Log.Failed(_scope.Logger, exception, _scope.SessionId);
        End(SessionEnd.Failed);
    }

    private void OnOpened(RelayChannel? channel)
    {
        if (channel is null)
        {
            End(SessionEnd.ClientClosed);
            return;
        }

        OwnChannel(channel);
        _dialect = channel.SpokenDialect;
        _scope.MaxChunkBytes = channel.MaxChunkBytes;
        Context.CreateWait(() => End(SessionEnd.ConnectionLost), OnChannelFailed)
            .Await(new ValueTask(_scope.Outbox.RunAsync(channel.SendAsync, Context.Stopping)));
        _reader.Start(channel);
    }

    private void OwnChannel(RelayChannel? channel)
    {
        if (channel is not null)
        {
            Context.Own(new ChannelClosing(channel, _scope.Outbox, () => _scope.Farewell, Context.TimeProvider));
        }
    }

    private void Beat()
    {
        if (_reader.IsHeldUp && !_isExcused)
        {
            _isExcused = true;
            _heartbeat.HandleReadingPaused();
        }
        else if (!_reader.IsHeldUp && _isExcused)
        {
            OnReadingResumed();
        }

        switch (_heartbeat.HandleTimeout(Now))
        {
            case HeartbeatAction.Close:
                End(SessionEnd.ClientSilent);
                return;
            case HeartbeatAction.SendPing:
                _scope.Outbox.PostPing();
                break;
        }

        ScheduleBeat();
    }

    private void OnReadingResumed()
    {
        _isExcused = false;
        _heartbeat.HandleReadingResumed(Now);
    }

    private void ScheduleBeat()
    {
        TimeSpan delay = _heartbeat.NextTimeout - Now;
        Context.ScheduleOnce(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, SessionMessage.Beat);
    }

    private void Take(RelayMessage? message)
    {
        if (message is null)
        {
            End(SessionEnd.ClientClosed);
            return;
        }

        _heartbeat.HandleMessage(Now);
        try
        {
            Handle(message);
        }
        catch (ProtocolException violation)
        {
            message.Dispose();
            OnViolation(violation);
        }
    }

    private void Handle(RelayMessage message)
    {
        if (_handshake is null)
        {
            Greet(message as HandshakeMessage
                ?? throw new ProtocolException($"A {message.Type} came before the handshake"));
            return;
        }

        if (_dialect == RelayDialect.Web4 && _scope.Refusals.TryRefuseOlderKeys(message))
        {
            return;
        }

        switch (message)
        {
            case PingMessage or PongMessage:
                // The channel has answered the ping; both are signs of life and no more.
                break;
            case ConnectMessage connect:
                _streams.Connect(connect);
                break;
            case DataMessage data:
                Route(data.Alias, data);
                break;
            case EndMessage end:
                Route(end.Alias, end);
                break;
            case DestroyMessage { IsPaired: true } destroy:
                Route(destroy.Alias, destroy);
                break;
            case LookupMessage lookup:
                _queries.Lookup(lookup);
                break;
            case AnnounceMessage announce:
                _queries.Announce(announce);
                break;
            case UnannounceMessage unannounce:
                _queries.Unannounce(unannounce);
                break;
            case ListenMessage listen:
                _servers.Listen(listen, _dialect);
                break;
            case CloseMessage close:
                _servers.Close(close.Alias);
                break;
            case AcceptMessage accept:
                _scope.Questions.Answer(accept.Id, accept);
                break;
            case DenyMessage deny:
                _scope.Questions.Answer(deny.Id, deny);
                break;
            case NoiseReplyMessage reply:
                _scope.Questions.Answer(reply.Id, reply);
                break;
            case SignatureMessage { Signature.Length: 0 or Ed25519.SignatureSize } signature:
                _scope.Questions.Answer(signature.Id, signature);
                break;
            case SignatureMessage signature:
                throw new ProtocolException($"A signature of {signature.Signature.Length} bytes came");
            case ConnectedMessage connected:
                Pair(connected);
                break;
            case DestroyMessage:
                // Of a stream whose alias here the client has not heard yet: npm clients never send it.
                break;
            default:
                throw new ProtocolException($"A {message.Type} came that nobody asked for");
        }
    }

    private void Greet(HandshakeMessage handshake)
    {
        _handshake = handshake;
        if (_scope.Policy.Greet(handshake.PublicKey) is { } refusal)
        {
            _scope.Metrics.Refused("session", refusal.Reason);
            Log.Refused(_scope.Logger, _scope.SessionId, handshake.PublicKey, refusal.Reason);
            End(SessionEnd.Refused, refusal.Text);
        }
    }

    private void TakeOver(SessionMessage.Accepted accepted)
    {
        if (_servers.Contains(accepted.Server))
        {
            _streams.TakeOver(accepted);
            return;
        }

        // The client was told that the server has closed, and would ignore the connection.
        _scope.EndStream();
        accepted.Stream.Destroy();
    }

    private void Pair(ConnectedMessage connected)
    {
        if (_streams.TryPair(connected, out SessionStream stream))
        {
            _reader.Route(stream, connected);
        }
    }

    /// <summary>Hands a message to its stream; one that raced with the stream's end is dropped.</summary>
    private void Route(uint alias, RelayMessage message)
    {
        if (_streams.TryGet(alias, out SessionStream stream))
        {
            _reader.Route(stream, message);
        }
        else
        {
            message.Dispose();
        }
    }
}
