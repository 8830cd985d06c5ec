using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Dht.Links;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Questions;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Servers;

/// <summary>One server of a client: listens on the client's key pair, and hands what connects to the session.</summary>
/// <remarks>
/// <code>
///   client                      relay                                              peer
///     ├── listen ─────────────────► ServerActor ──ListenAsync──► IDhtServer
///     ◄── listening ────────────────┤
///     ◄── incoming ─────────────────┤ ServerFirewall ◄──────────── Admit ◄────────── handshake
///     ├── accept | deny ────────────► ClientQuestions ─────────────────────────────► answer, or none
///     ◄── connection ───────────────┤ StreamActor ◄── session ◄── AcceptAsync ◄───── connects
///     ├── connected ────────────────► the stream has the client's alias too
///     ├── close ────────────────────► CloseAsync: unannounced
///     ◄── closed ───────────────────┤ session, when the actor is gone
/// </code>
/// <para>
/// <b>Names.</b> The client's <c>close</c> names its own alias of the server; everything that the relay says of it
/// names the relay's, which <c>listening</c> has told together with the client's. So nothing about a server may be said
/// before that: peers who come while it is still being announced wait.
/// </para>
/// <para>
/// <b>Keys.</b> A client that keeps its secret key is asked for a signature at each node before it listens, from time
/// to time and when it closes, and for each message of a peer's handshake, which it answers or not: that is its
/// firewall, and it is not asked with <c>incoming</c>. The streams are raw then.
/// </para>
/// <para>
/// <b>Directory.</b> A server that listens is known to the other clients of the relay, or of its fleet, who then come by
/// links; as long as the actor is not told to stop. To the client there is no difference.
/// </para>
/// <para>
/// <b>Streams</b> that were accepted are the session's: they outlive the server, as with the reference. One is taken
/// from the backlog at a time, and the next only when the session has room for a stream; when the backlog is full,
/// peers get no answer.
/// </para>
/// <para>
/// <b>End.</b> Closed by the client, with its session, or because it could not listen: the protocol has no word for a
/// failed listen, so the session says that it has listened and has closed. A secret key signs announcements as long as
/// the server lives, and is zeroed when it is gone. Who listens on the same key then waits until it is: a client that
/// comes back succeeds, while what is left of its former session is taken back (<see cref="KeyHold"/>).
/// A client that has gone and kept its key cannot sign that its announcements are taken back: the nodes forget them by
/// themselves, and until then nobody answers there.
/// </para>
/// </remarks>
internal sealed partial class ServerActor : Actor<ServerMessage>
{
    private readonly SessionScope _scope;
    private readonly ActorRef<SessionMessage> _session;
    private readonly ListenMessage _listen;
    private readonly uint _alias;
    private readonly KeyHold _key;
    private readonly RelayDialect _dialect;
    private ServerDoor _door = null!;
    private ActorWait<DhtStream?> _accepting = null!;
    private ActorWait<bool> _handing = null!;
    private IDhtServer? _server;
    private bool _hasKey = true;
    private IDisposable? _entry;
    private DhtStream? _inHand;
    private long _started;
    private long _accepted;

    public ServerActor(
        SessionScope scope,
        ActorRef<SessionMessage> session,
        ListenMessage listen,
        uint alias,
        KeyHold key,
        RelayDialect dialect)
    {
        _scope = scope;
        _session = session;
        _listen = listen;
        _alias = alias;
        _key = key;
        _dialect = dialect;
    }

    protected override void OnStarted()
    {
        _started = Context.TimeProvider.GetTimestamp();
        _scope.Metrics.ServerStarted();
        _door = new ServerDoor(_scope, Context.TimeProvider);
        _accepting = Context.CreateWait<DhtStream?>(OnAccepted, OnFailed, OwnUntaken);
        _handing = Context.CreateWait<bool>(OnHandedOver, OnFailed, Settle);
        Context.CreateWait<IDhtServer>(OnListening, OnFailed, Own).Await(TraceListenAsync(Context.Stopping));
    }

    protected override void Receive(ServerMessage message)
    {
        if (message is ServerMessage.Describe question)
        {
            question.ReplyTo.TryTell(new ServerSummary(
                _listen.Alias,
                _listen.PublicKey,
                IsListening: _server is not null,
                Context.TimeProvider.GetElapsedTime(_started),
                _accepted));
            return;
        }

        Context.StopSelf();
    }

    protected override void OnDiscarded(ServerMessage message)
    {
        if (message is ServerMessage.Describe question)
        {
            question.ReplyTo.TryTell(null);
        }
    }

    protected override void OnStopping()
    {
        _entry?.Dispose();
        _key.BeginEnd();
    }

    protected override void OnStopped()
    {
        if (_inHand is not null)
        {
            _inHand.Destroy();
            _scope.EndStream();
        }

        _key.End();
        _listen.Dispose();
        _scope.Metrics.ServerStopped();
        Log.Closed(_scope.Logger, _scope.SessionId, _listen.Alias, _listen.PublicKey);
    }

    private async ValueTask<IDhtServer> TraceListenAsync(CancellationToken cancellationToken)
    {
        using Activity? span = RelayTraces.Start("listen", _scope.SessionId, _listen.Alias);
        span?.SetTag("server.public_key", _listen.PublicKey.ToString());
        try
        {
            return await ListenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            throw;
        }
    }

    private async ValueTask<IDhtServer> ListenAsync(CancellationToken cancellationToken)
    {
        var options = new DhtServerOptions
        {
            AdmitTimeout = _scope.Settings.AnswerTimeout,
            Backlog = _scope.Settings.AcceptBacklog,

            // Those who are asked about, and as many who may come and have not yet.
            MaxPendingHandshakes = 2 * _scope.Settings.MaxFirewallQuestions,
            Buffers = _scope.Transports,
        };
        await _key.WhenFreeAsync(cancellationToken).ConfigureAwait(false);
        if (_listen.KeyPair is not { } keyPair)
        {
            return await ListenByAskingAsync(options, cancellationToken).ConfigureAwait(false);
        }

        if (!keyPair.HasMatchingHalves())
        {
            throw new ProtocolException("The secret key is not the one of the public key");
        }

        options.Admit = new ServerFirewall(_scope, _listen, _alias, _dialect, _door).AdmitAsync;
        return await _scope.Node.ListenAsync(keyPair, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who signs nothing does not have the key, and must not keep its owner from listening on it.</summary>
    private async ValueTask<IDhtServer> ListenByAskingAsync(
        DhtServerOptions options,
        CancellationToken cancellationToken)
    {
        var identity = new AskedServer(_scope, _listen, _alias, _door);
        var signer = new AskedSigner(_scope, _listen.PublicKey, _listen.Alias);
        IDhtServer server = await _scope.KeylessNode!.ListenAsync(identity, signer, options, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            if (signer.SignsNothing)
            {
                throw new TimeoutException("The client has signed nothing");
            }

            _hasKey = _scope.Directory is null || await signer.ProveAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await new ServerClosing(server, Context.TimeProvider).DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Own(IDhtServer server) => Context.Own(new ServerClosing(server, Context.TimeProvider));

    private void OwnUntaken(DhtStream? stream)
    {
        if (stream is not null)
        {
            Context.Own(stream);
        }
    }

    private void OnListening(IDhtServer server)
    {
        Own(server);
        _server = server;
        Log.Listening(_scope.Logger, _scope.SessionId, _listen.Alias, _listen.PublicKey);
        IPEndPoint address = server.Address.EndPoint ?? new IPEndPoint(IPAddress.Any, 0);
        _scope.Outbox.Post(new ListeningMessage(_alias, _listen.Alias, address));
        _door.Open();
        MakeKnown(server);
        Accept();
    }

    /// <summary>
    /// Who has not shown that it has the key is not made known: it could keep clients from the server of somebody else.
    /// </summary>
    private void MakeKnown(IDhtServer server)
    {
        if (_hasKey && server is ILinkServer reachable)
        {
            _entry = _scope.Directory?.Add(reachable);
        }
    }

    private void OnFailed(Exception exception)
    {
        Log.Failed(_scope.Logger, _scope.SessionId, _listen.Alias, _listen.PublicKey, exception.Message);
        if (_server is null)
        {
            _scope.Outbox.Post(new ListeningMessage(_alias, _listen.Alias, new IPEndPoint(IPAddress.Any, 0)));
        }

        Context.StopSelf();
    }

    /// <param name="refused">What was accepted before and may not be.</param>
    private void Accept(DhtStream? refused = null) => _accepting.Await(AcceptAsync(refused, Context.Stopping));

    private async ValueTask<DhtStream?> AcceptAsync(DhtStream? refused, CancellationToken cancellationToken)
    {
        if (refused is not null)
        {
            await refused.DisposeAsync().ConfigureAwait(false);
        }

        DhtStream? stream = await _server!.AcceptAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _scope.Streams.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch when (stream is not null)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void OnAccepted(DhtStream? stream)
    {
        if (stream is null)
        {
            // The DHT node was destroyed under it.
            Context.StopSelf();
            return;
        }

        if (_scope.Policy.Accept(_listen.PublicKey, stream.RemotePublicKey) is { } refusal)
        {
            _scope.Refusals.Refuse(stream.RemotePublicKey, _listen.Alias, refusal);
            Accept(stream);
            return;
        }

        _inHand = stream;
        _accepted++;
        _scope.Streams.Add(1);
        _handing.Await(_session.TellAsync(new SessionMessage.Accepted(Context.Self, _alias, stream), Context.Stopping));
    }

    private void OnHandedOver(bool isTaken)
    {
        Settle(isTaken);
        if (isTaken)
        {
            Accept();
        }
    }

    /// <summary>What the session did not take is destroyed in the end.</summary>
    private void Settle(bool isTaken)
    {
        if (isTaken)
        {
            _inHand = null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5070, LogLevel.Debug, "Session {SessionId} listens with server {Alias} on {PublicKey}")]
        public static partial void Listening(ILogger logger, string sessionId, uint alias, Fixed32 publicKey);

        [LoggerMessage(5071, LogLevel.Debug, "Session {SessionId} closed server {Alias} on {PublicKey}")]
        public static partial void Closed(ILogger logger, string sessionId, uint alias, Fixed32 publicKey);

        [LoggerMessage(
            5072,
            LogLevel.Information,
            "Session {SessionId} cannot listen with server {Alias} on {PublicKey}: {Error}")]
        public static partial void Failed(
            ILogger logger, string sessionId, uint alias, Fixed32 publicKey, string error);
    }
}
