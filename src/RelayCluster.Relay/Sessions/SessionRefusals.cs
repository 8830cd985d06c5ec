using System.Net;
using Microsoft.Extensions.Logging;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// How a session says no. The protocol has a word for it only with streams, <c>destroy</c>; a server that may not be is
/// closed as soon as it listens, and a query is finished without a result.
/// </summary>
internal sealed partial class SessionRefusals(SessionScope scope)
{
    private const string OlderHandshakes =
        "SERVER_INCOMPATIBLE: Peers of HyperDHT 6 cannot read the handshakes of @hyperswarm/dht 5; use the custodial mode";

    /// <summary>Refuses a stream, and tells the reason.</summary>
    public void Refuse(ConnectMessage connect, string reason)
    {
        Log.Refused(scope.Logger, scope.SessionId, connect.Alias, reason);
        Destroy(connect, reason);
    }

    /// <summary>Refuses a server beyond those that a session may have.</summary>
    public void RefuseExcess(ListenMessage listen)
    {
        Log.ServerRefused(scope.Logger, scope.SessionId, listen.Alias, scope.Settings.MaxServers);
        Close(listen);
    }

    /// <summary>Refuses a server that the relay's node cannot be.</summary>
    public void RefuseUnserved(ListenMessage listen)
    {
        Log.NotServed(scope.Logger, scope.SessionId, listen.Type);
        Close(listen);
    }

    /// <summary>Refuses a query beyond those that the client can sign for, or that the relay's node cannot run.</summary>
    public void RefuseQuery(RelayMessage query, uint id)
    {
        Log.QueryRefused(scope.Logger, scope.SessionId, query.Type, scope.Settings.MaxQueries);
        Finish(id);
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
                Destroy(connect, OlderHandshakes);
                break;
            case ListenMessage { KeyPair: null } listen:
                Close(listen);
                break;
            case AnnounceMessage { KeyPair: null } announce:
                Finish(announce.Id);
                break;
            case UnannounceMessage { KeyPair: null } unannounce:
                Finish(unannounce.Id);
                break;
            default:
                return false;
        }

        Log.OlderKeys(scope.Logger, scope.SessionId, message.Type);
        return true;
    }

    private void Destroy(ConnectMessage connect, string reason)
    {
        connect.Dispose();
        scope.Outbox.Post(new DestroyMessage(IsPaired: false, connect.Alias, reason));
    }

    private void Close(ListenMessage listen)
    {
        uint alias = scope.NextId();
        listen.Dispose();
        scope.Outbox.Post(new ListeningMessage(alias, listen.Alias, new IPEndPoint(IPAddress.Any, 0)));
        scope.Outbox.Post(new ClosedMessage(alias));
    }

    private void Finish(uint id) => scope.Outbox.Post(new FinishedMessage(id));

    private static partial class Log
    {
        [LoggerMessage(5005, LogLevel.Debug, "Session {SessionId} was refused stream {Alias}: {Refusal}")]
        public static partial void Refused(ILogger logger, string sessionId, uint alias, string refusal);

        [LoggerMessage(
            5006, LogLevel.Warning, "Session {SessionId} asked for a {MessageType}, which this relay does not serve yet")]
        public static partial void NotServed(ILogger logger, string sessionId, RelayMessageType messageType);

        [LoggerMessage(
            5007,
            LogLevel.Warning,
            "Session {SessionId} was refused server {Alias}: it has {MaxServers} already (setting MaxServers)")]
        public static partial void ServerRefused(ILogger logger, string sessionId, uint alias, int maxServers);

        [LoggerMessage(
            5008,
            LogLevel.Information,
            "Session {SessionId} asked for a {MessageType} with a key that it keeps; today's DHT does not understand the handshakes and signatures of the first dialect")]
        public static partial void OlderKeys(ILogger logger, string sessionId, RelayMessageType messageType);

        [LoggerMessage(
            5009,
            LogLevel.Warning,
            "Session {SessionId} was refused an {MessageType}: it has {MaxQueries} already that it signs for "
                + "(setting MaxQueries), or the relay's node cannot ask for signatures")]
        public static partial void QueryRefused(
            ILogger logger, string sessionId, RelayMessageType messageType, int maxQueries);
    }
}
