using Microsoft.Extensions.Logging;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Relay.Sessions;

/// <content>The session's log messages, 5000 to 5019.</content>
internal sealed partial class SessionActor
{
    private static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Debug, "Session {SessionId} opened by {RemoteEndPoint}")]
        public static partial void Opened(ILogger logger, string sessionId, string remoteEndPoint);

        [LoggerMessage(5001, LogLevel.Debug, "Session {SessionId} closed: {Reason}")]
        public static partial void Closed(ILogger logger, string sessionId, SessionEnd reason);

        [LoggerMessage(5002, LogLevel.Debug, "Session {SessionId} lost its connection: {Error}")]
        public static partial void Lost(ILogger logger, string sessionId, string error);

        [LoggerMessage(
            5003, LogLevel.Information, "Session {SessionId} of {RemoteEndPoint} broke the protocol: {Violation}")]
        public static partial void Violated(ILogger logger, string sessionId, string remoteEndPoint, string violation);

        [LoggerMessage(5004, LogLevel.Error, "Session {SessionId} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string sessionId);

        [LoggerMessage(5005, LogLevel.Debug, "Session {SessionId} was refused stream {Alias}: {Refusal}")]
        public static partial void Refused(ILogger logger, string sessionId, uint alias, string refusal);

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
            5006, LogLevel.Warning, "Session {SessionId} asked for a {MessageType}, which this relay does not serve yet")]
        public static partial void NotServed(ILogger logger, string sessionId, RelayMessageType messageType);

        [LoggerMessage(
            5009,
            LogLevel.Warning,
            "Session {SessionId} was refused an {MessageType}: it has {MaxQueries} already that it signs for "
                + "(setting MaxQueries), or the relay's node cannot ask for signatures")]
        public static partial void QueryRefused(
            ILogger logger, string sessionId, RelayMessageType messageType, int maxQueries);
    }
}
