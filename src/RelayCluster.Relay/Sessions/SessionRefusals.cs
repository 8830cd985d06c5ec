using System.Net;
using Microsoft.Extensions.Logging;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Policy;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// How a session says no: each is told as well as the protocol can, counted and logged. The protocol has a word for it
/// only with streams, <c>destroy</c>; a server that may not be is closed as soon as it listens, a query is finished
/// without a result, and a peer that may not connect gets no answer. Used from any thread.
/// </summary>
internal sealed partial class SessionRefusals(SessionScope scope)
{
    private static readonly PolicyRefusal OlderKeys = new(
        "older_keys",
        "SERVER_INCOMPATIBLE: Peers of HyperDHT 6 cannot read the handshakes of @hyperswarm/dht 5; use the custodial mode");

    /// <summary>Refuses a stream.</summary>
    public void Refuse(ConnectMessage connect, PolicyRefusal refusal, LogLevel level = LogLevel.Debug)
    {
        Note("stream", connect.Alias, refusal, level);
        connect.Dispose();
        scope.Outbox.Post(new DestroyMessage(IsPaired: false, connect.Alias, refusal.Text));
    }

    /// <summary>Refuses a server.</summary>
    public void Refuse(ListenMessage listen, PolicyRefusal refusal, LogLevel level = LogLevel.Debug)
    {
        Note("server", listen.Alias, refusal, level);
        uint alias = scope.NextId();
        listen.Dispose();
        scope.Outbox.Post(new ListeningMessage(alias, listen.Alias, new IPEndPoint(IPAddress.Any, 0)));
        scope.Outbox.Post(new ClosedMessage(alias));
    }

    /// <summary>Refuses a query.</summary>
    public void Refuse(uint id, PolicyRefusal refusal, LogLevel level = LogLevel.Debug)
    {
        Note("query", id, refusal, level);
        scope.Outbox.Post(new FinishedMessage(id));
    }

    /// <summary>Refuses a peer of one of the client's servers, by the client's alias of it; the client does not hear of
    /// that.</summary>
    public void Refuse(Fixed32 remotePublicKey, uint serverAlias, PolicyRefusal refusal)
    {
        scope.Metrics.Refused("peer", refusal.Reason);
        Log.PeerRefused(scope.Logger, scope.SessionId, serverAlias, remotePublicKey, refusal.Reason);
    }

    /// <summary>
    /// A client of the first dialect that keeps its secret key signs and shakes hands as the DHT did then, and today's
    /// does not understand that: the README has the particulars. What needs no key works.
    /// </summary>
    public bool TryRefuseOlderKeys(RelayMessage message)
    {
        switch (message)
        {
            case ConnectMessage { KeyPair: null } connect:
                Refuse(connect, OlderKeys, LogLevel.Information);
                return true;
            case ListenMessage { KeyPair: null } listen:
                Refuse(listen, OlderKeys, LogLevel.Information);
                return true;
            case AnnounceMessage { KeyPair: null } announce:
                Refuse(announce.Id, OlderKeys, LogLevel.Information);
                return true;
            case UnannounceMessage { KeyPair: null } unannounce:
                Refuse(unannounce.Id, OlderKeys, LogLevel.Information);
                return true;
            default:
                return false;
        }
    }

    private void Note(string kind, uint id, PolicyRefusal refusal, LogLevel level)
    {
        scope.Metrics.Refused(kind, refusal.Reason);
        Log.Refused(scope.Logger, level, scope.SessionId, kind, id, refusal.Reason, refusal.Text);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5005, Message = "Session {SessionId} was refused {Kind} {Id}: {Reason}: {Text}")]
        public static partial void Refused(
            ILogger logger, LogLevel level, string sessionId, string kind, uint id, string reason, string text);

        [LoggerMessage(
            5006,
            LogLevel.Debug,
            "Session {SessionId} was refused a peer of its server {Alias}, {RemotePublicKey}: {Reason}")]
        public static partial void PeerRefused(
            ILogger logger, string sessionId, uint alias, Fixed32 remotePublicKey, string reason);
    }
}
