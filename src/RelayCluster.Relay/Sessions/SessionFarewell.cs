using RelayCluster.Dht;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// What a client hears when the relay ends its session: the connection's close tells the reason, and before that the
/// destroy of each stream, which is all that a client over TCP hears.
/// </summary>
internal sealed class SessionFarewell
{
    private SessionFarewell(CloseReason reason, string? streamError)
    {
        Reason = reason;
        StreamError = streamError;
    }

    /// <summary>Told by the connection's close.</summary>
    public CloseReason Reason { get; }

    /// <summary>Told to each stream; null for nothing.</summary>
    public string? StreamError { get; }

    /// <summary>What belongs to an end.</summary>
    /// <param name="end">The end.</param>
    /// <param name="text">The reason in words.</param>
    /// <returns>Null: nobody is there to hear anything.</returns>
    public static SessionFarewell? Of(SessionEnd end, string text) => end switch
    {
        SessionEnd.ClientClosed => new SessionFarewell(CloseReason.Done, null),
        SessionEnd.ProtocolViolation => new SessionFarewell(new CloseReason(CloseKind.Violation, text), null),
        SessionEnd.RelayStopping or SessionEnd.Draining =>
            new SessionFarewell(new CloseReason(CloseKind.GoingAway, text), StreamErrorOf(text)),
        SessionEnd.Kicked or SessionEnd.Refused =>
            new SessionFarewell(new CloseReason(CloseKind.Refused, text), StreamErrorOf(text)),
        _ => null,
    };

    /// <summary>The code is the one by which clients of ours know the loss of their relay.</summary>
    private static string StreamErrorOf(string text) => new DhtException(DhtError.RelayLost, text).Message;
}
