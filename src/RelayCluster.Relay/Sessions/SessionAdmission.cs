using Microsoft.Extensions.Logging;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay.Policy;

namespace RelayCluster.Relay.Sessions;

/// <summary>Asks the policy about those who are at the door, and turns away whom it does not want.</summary>
internal sealed partial class SessionAdmission(IRelayPolicy policy, RelayMetrics metrics, ILogger logger)
{
    /// <summary>What holds for the session; null: the client is turned away already.</summary>
    public async ValueTask<ISessionPolicy?> AdmitAsync(
        string sessionId,
        IClientArrival client,
        CancellationToken cancellationToken)
    {
        try
        {
            PolicyAdmission admission = await policy.AdmitAsync(sessionId, client.Origin, cancellationToken)
                .ConfigureAwait(false);
            if (admission.IsAdmitted)
            {
                return admission.Session;
            }

            metrics.Refused("session", admission.Refusal.Reason);
            Log.Refused(logger, sessionId, client.RemoteEndPoint, admission.Refusal.Reason);
            await client.TurnAwayAsync(new CloseReason(CloseKind.Refused, admission.Refusal.Text))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.Unanswered(logger, sessionId, client.RemoteEndPoint);
            await client.TurnAwayAsync(new CloseReason(CloseKind.GoingAway, RelayServer.Stopping))
                .ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It may be anything: the policy is the embedder's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception, sessionId, client.RemoteEndPoint);
            await client.TurnAwayAsync(new CloseReason(CloseKind.Fault, "The relay's policy failed"))
                .ConfigureAwait(false);
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(5058, LogLevel.Debug, "Session {SessionId} of {RemoteEndPoint} ended before the policy answered")]
        public static partial void Unanswered(ILogger logger, string sessionId, string remoteEndPoint);

        [LoggerMessage(5059, LogLevel.Debug, "Session {SessionId} of {RemoteEndPoint} was refused: {Reason}")]
        public static partial void Refused(ILogger logger, string sessionId, string remoteEndPoint, string reason);

        [LoggerMessage(
            5069, LogLevel.Error, "Session {SessionId} of {RemoteEndPoint} was refused: the policy has failed")]
        public static partial void Failed(
            ILogger logger, Exception exception, string sessionId, string remoteEndPoint);
    }
}
