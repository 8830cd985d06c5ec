using System.Net;
using RelayCluster.Actors;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Queries;
using RelayCluster.Relay.Questions;
using RelayCluster.Relay.Servers;
using RelayCluster.Relay.Streams;
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
/// cancelled), then reading and sending are cancelled, the transport is closed, the client's key zeroed. A child's
/// failure is its own; a failure here is the session's end and nobody else's.
/// </para>
/// <para>Source of the choreography: npm <c>@hyperswarm/dht-relay</c> 0.4.3.</para>
/// </remarks>
internal sealed partial class SessionActor : Actor<SessionMessage>
{
    private const string OlderHandshakes =
        "SERVER_INCOMPATIBLE: Peers of HyperDHT 6 cannot read the handshakes of @hyperswarm/dht 5; use the custodial mode";

    private readonly SessionScope _scope;
    private readonly IClientArrival _client;
    private readonly SessionStreams _streams = new();
    private readonly Dictionary<uint, SessionServer> _servers = [];
    private readonly Dictionary<ActorRef, ListenedAlias> _serverAliases = [];
    private readonly HashSet<uint> _queries = [];
    private readonly Dictionary<ActorRef, (uint Id, Gate Among)> _queryIds = [];
    private ClientReader _reader = null!;
    private Heartbeat _heartbeat = null!;
    private HandshakeMessage? _handshake;
    private SessionEnd? _end;
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
        _reader = new ClientReader(Context, _scope, Take, OnReadingResumed, OnChannelFailed);
        _heartbeat = new Heartbeat(Now, _scope.Settings.HeartbeatInterval, _scope.Settings.SilenceTimeout);
        ScheduleBeat();
        Context.CreateWait<RelayChannel?>(OnOpened, OnChannelFailed, OwnChannel)
            .Await(_client.AcceptAsync(Context.Stopping));
    }

    protected override void Receive(SessionMessage message)
    {
        if (message is SessionMessage.Accepted accepted)
        {
            TakeOver(accepted);
        }
        else if (message == SessionMessage.Close)
        {
            End(SessionEnd.RelayStopping);
        }
        else
        {
            Beat();
        }
    }

    protected override void OnTerminated(ActorRef actor)
    {
        if (_streams.Remove(actor))
        {
            _scope.Streams.Remove(1);
        }
        else if (_serverAliases.Remove(actor, out ListenedAlias server))
        {
            _servers.Remove(server.OfClient);
            _scope.Outbox.Post(new ClosedMessage(server.OfRelay));
        }
        else if (_queryIds.Remove(actor, out (uint Id, Gate Among) query))
        {
            _queries.Remove(query.Id);
            query.Among.Remove(1);
        }
    }

    protected override void OnDiscarded(SessionMessage message)
    {
        if (message is SessionMessage.Accepted accepted)
        {
            accepted.Stream.Destroy();
        }
    }

    /// <summary>Whoever waits for an answer need not wait longer: nothing is read any more.</summary>
    protected override void OnStopping() => _scope.Questions.Close();

    protected override void OnStopped()
    {
        SessionEnd end = _end ?? SessionEnd.RelayStopping;
        _scope.Dispose();
        _handshake?.Dispose();
        _scope.Metrics.SessionEnded(end);
        Log.Closed(_scope.Logger, _scope.SessionId, end);
    }

    private void End(SessionEnd end)
    {
        if (_end is null)
        {
            _end = end;
            foreach (SessionServer server in _servers.Values)
            {
                server.Key.BeginEnd();
            }

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
        End(SessionEnd.ProtocolViolation);
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
            Context.Own(new ChannelClosing(channel, () => _end, Context.TimeProvider));
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
            _handshake = message as HandshakeMessage
                ?? throw new ProtocolException($"A {message.Type} came before the handshake");
            return;
        }

        if (_dialect == RelayDialect.Web4 && TryRefuseOlderKeys(message))
        {
            return;
        }

        switch (message)
        {
            case PingMessage or PongMessage:
                // The channel has answered the ping; both are signs of life and no more.
                break;
            case ConnectMessage connect:
                Connect(connect);
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
                Query(lookup.Id, "lookup", null, token => _scope.Node.LookupAsync(lookup.Topic, token));
                break;
            case AnnounceMessage { KeyPair: { } keyPair } announce:
                Query(
                    announce.Id,
                    "announce",
                    keyPair,
                    token => _scope.Node.AnnounceAsync(announce.Topic, keyPair, token));
                break;
            case UnannounceMessage { KeyPair: { } keyPair } unannounce:
                Query(
                    unannounce.Id,
                    "unannounce",
                    keyPair,
                    token => _scope.Node.UnannounceAsync(unannounce.Topic, keyPair, token));
                break;
            case AnnounceMessage announce:
                AskedQuery(
                    announce,
                    announce.Id,
                    announce.PublicKey,
                    (node, signer, token) => node.AnnounceAsync(announce.Topic, signer, token));
                break;
            case UnannounceMessage unannounce:
                AskedQuery(
                    unannounce,
                    unannounce.Id,
                    unannounce.PublicKey,
                    (node, signer, token) => node.UnannounceAsync(unannounce.Topic, signer, token));
                break;
            case ListenMessage listen:
                Listen(listen);
                break;
            case CloseMessage close:
                if (_servers.TryGetValue(close.Alias, out SessionServer server))
                {
                    server.Key.BeginEnd();
                    server.Actor.TryTell(ServerMessage.Close);
                }

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

    /// <summary>
    /// A client of the first dialect that keeps its secret key signs and shakes hands as the DHT did then, and today's
    /// does not understand that: the README has the particulars. What needs no key works.
    /// </summary>
    private bool TryRefuseOlderKeys(RelayMessage message)
    {
        switch (message)
        {
            case ConnectMessage { KeyPair: null } connect:
                _scope.Outbox.Post(new DestroyMessage(IsPaired: false, connect.Alias, OlderHandshakes));
                break;
            case ListenMessage { KeyPair: null } listen:
                RefuseServer(listen);
                break;
            case AnnounceMessage { KeyPair: null } announce:
                _scope.Outbox.Post(new FinishedMessage(announce.Id));
                break;
            case UnannounceMessage { KeyPair: null } unannounce:
                _scope.Outbox.Post(new FinishedMessage(unannounce.Id));
                break;
            default:
                return false;
        }

        Log.OlderKeys(_scope.Logger, _scope.SessionId, message.Type);
        return true;
    }

    private void Connect(ConnectMessage connect)
    {
        if (_streams.Contains(connect.Alias))
        {
            throw new ProtocolException($"The alias {connect.Alias} is the one of a living stream");
        }

        string? refusal = connect.KeyPair is null && _scope.KeylessNode is null
            ? "Noncustodial connections are not supported by this relay's node"
            : !_scope.Streams.IsOpen
                ? $"The session has {_scope.Settings.MaxStreams} streams, and may not have more"
                : null;
        if (refusal is not null)
        {
            Log.Refused(_scope.Logger, _scope.SessionId, connect.Alias, refusal);
            connect.Dispose();
            _scope.Outbox.Post(new DestroyMessage(IsPaired: false, connect.Alias, refusal));
            return;
        }

        _scope.Streams.Add(1);
        var origin = new DialledStream(_scope, connect, Context.TimeProvider);
        _streams.Add(connect.Alias, Spawn($"stream-{connect.Alias}", origin, _scope.NextId()));
    }

    private SessionStream Spawn(string name, StreamOrigin origin, uint alias)
    {
        var toPeer = new Gate(_scope.Settings.StreamBytesEachWay);
        ActorRef<StreamMessage> actor = Context.Spawn(name, () => new StreamActor(_scope, origin, alias, toPeer));
        Context.Watch(actor);
        return new SessionStream(actor, toPeer);
    }

    private void Listen(ListenMessage listen)
    {
        if (_servers.ContainsKey(listen.Alias))
        {
            throw new ProtocolException($"The alias {listen.Alias} is the one of a living server");
        }

        if (listen.KeyPair is null && _scope.KeylessNode is null)
        {
            Log.NotServed(_scope.Logger, _scope.SessionId, listen.Type);
            RefuseServer(listen);
            return;
        }

        if (_servers.Count >= _scope.Settings.MaxServers)
        {
            Log.ServerRefused(_scope.Logger, _scope.SessionId, listen.Alias, _scope.Settings.MaxServers);
            RefuseServer(listen);
            return;
        }

        uint alias = _scope.NextId();
        var key = new KeyHold(_scope.EndingServers, listen.PublicKey);
        ActorRef<ServerMessage> actor = Context.Spawn(
            $"server-{listen.Alias}",
            () => new ServerActor(_scope, Context.Self, listen, alias, key, _dialect));
        _servers.Add(listen.Alias, new SessionServer(actor, key));
        _serverAliases.Add(actor, new ListenedAlias(listen.Alias, alias));
        Context.Watch(actor);
    }

    /// <summary>Closes the server as soon as it listens, the nearest to a refusal that the protocol has.</summary>
    private void RefuseServer(ListenMessage listen)
    {
        uint alias = _scope.NextId();
        listen.Dispose();
        _scope.Outbox.Post(new ListeningMessage(alias, listen.Alias, new IPEndPoint(IPAddress.Any, 0)));
        _scope.Outbox.Post(new ClosedMessage(alias));
    }

    private void TakeOver(SessionMessage.Accepted accepted)
    {
        if (!_serverAliases.ContainsKey(accepted.Server))
        {
            // The client was told that the server has closed, and would ignore the connection.
            _scope.Streams.Remove(1);
            accepted.Stream.Destroy();
            return;
        }

        uint alias = _scope.NextId();
        var origin = new AcceptedStream(alias, accepted.ServerAlias, accepted.Stream);
        _streams.AddUnpaired(alias, Spawn($"accepted-{alias}", origin, alias));
    }

    private void Pair(ConnectedMessage connected)
    {
        if (_streams.Contains(connected.Alias))
        {
            throw new ProtocolException($"The alias {connected.Alias} is the one of a living stream");
        }

        if (_streams.TryPair(connected.RemoteAlias, connected.Alias, out SessionStream stream))
        {
            _reader.Route(stream, connected);
        }
    }

    private void Query(
        uint id,
        string kind,
        KeyPair? keyPair,
        Func<CancellationToken, IAsyncEnumerable<LookupReply>> start)
    {
        RequireFreeQueryId(id);
        _scope.Queries.Add(1);
        Spawn(id, kind, keyPair, start, _scope.Queries);
    }

    /// <summary>
    /// A query that the client signs for. It must be read for that, so these do not stop the reading when they are too
    /// many; the protocol has no error for a query, so one that is not served is finished without a result.
    /// </summary>
    private void AskedQuery(
        RelayMessage message,
        uint id,
        Fixed32 publicKey,
        Func<IForeignKeyNode, IAnnounceSigner, CancellationToken, IAsyncEnumerable<LookupReply>> start)
    {
        RequireFreeQueryId(id);
        if (_scope.KeylessNode is not { } node || !_scope.AskedQueries.IsOpen)
        {
            Log.QueryRefused(_scope.Logger, _scope.SessionId, message.Type, _scope.Settings.MaxQueries);
            _scope.Outbox.Post(new FinishedMessage(id));
            return;
        }

        _scope.AskedQueries.Add(1);
        string kind = message is AnnounceMessage ? "announce" : "unannounce";
        var signer = new AskedSigner(_scope, publicKey, id);
        Spawn(id, kind, null, token => start(node, signer, token), _scope.AskedQueries);
    }

    private void RequireFreeQueryId(uint id)
    {
        if (_queries.Contains(id))
        {
            throw new ProtocolException($"The id {id} is the one of a query under way");
        }
    }

    private void Spawn(
        uint id,
        string kind,
        KeyPair? keyPair,
        Func<CancellationToken, IAsyncEnumerable<LookupReply>> start,
        Gate among)
    {
        _queries.Add(id);
        ActorRef<QueryOutcome> actor = Context.Spawn(
            $"query-{id}",
            () => new QueryActor(_scope, id, kind, keyPair, start));
        _queryIds.Add(actor, (id, among));
        Context.Watch(actor);
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
