using Microsoft.Extensions.Logging;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Sessions;

/// <content>The session's log messages, 5000 to 5004 and 5007.</content>
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

        [LoggerMessage(
            5007, LogLevel.Debug, "Session {SessionId} of a client with the key {PublicKey} was refused: {Reason}")]
        public static partial void Refused(ILogger logger, string sessionId, Fixed32 publicKey, string reason);

        [LoggerMessage(5004, LogLevel.Error, "Session {SessionId} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string sessionId);
    }
}
