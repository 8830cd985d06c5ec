namespace RelayCluster.Dht;

/// <summary>
/// A DHT operation failed. Where the reference has an error for it, the message is the reference's own string, such as
/// <c>PEER_NOT_FOUND: Peer not found</c>: relayed clients compare it.
/// </summary>
public sealed class DhtException : Exception
{
    private const string UnknownCode = "RELAYED_FAILURE";

    private static readonly Dictionary<string, DhtError> Codes =
        Enum.GetValues<DhtError>().ToDictionary(static error => Describe(error).Code);

    /// <summary>A failure with the standard words for <paramref name="error"/>.</summary>
    public DhtException(DhtError error)
        : this(error, Describe(error).Text)
    {
    }

    /// <summary>A failure with the standard words for <paramref name="error"/>, and what it comes of.</summary>
    public DhtException(DhtError error, Exception? innerException)
        : this(error, Describe(error).Text, innerException)
    {
    }

    /// <summary>A failure with words of its own behind the code.</summary>
    public DhtException(DhtError error, string text, Exception? innerException = null)
        : base($"{Describe(error).Code}: {text}", innerException)
    {
        Error = error;
        Code = Describe(error).Code;
    }

    private DhtException(DhtError error, string code, string message)
        : base(message)
    {
        Error = error;
        Code = code;
    }

    /// <summary>What failed.</summary>
    public DhtError Error { get; }

    /// <summary>
    /// The reference's name for the failure, such as <c>PEER_NOT_FOUND</c> (hyperdht, lib/errors.js). Of a
    /// <see cref="DhtError.RelayedFailure"/>, the one that the relay gave.
    /// </summary>
    public string Code { get; }

    /// <summary>
    /// The failure that a relay tells of by a message such as <c>PEER_NOT_FOUND: Peer not found</c>, which is kept as it
    /// is. Where the code is unknown it is a <see cref="DhtError.RelayedFailure"/>.
    /// </summary>
    public static DhtException FromMessage(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        int end = message.IndexOf(": ", StringComparison.Ordinal);
        string code = end < 0 ? string.Empty : message[..end];
        return Codes.TryGetValue(code, out DhtError error)
            ? new DhtException(error, code, message)
            : new DhtException(DhtError.RelayedFailure, IsCode(code) ? code : UnknownCode, message);
    }

    private static bool IsCode(string text) =>
        text.Length > 0 && text.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    private static (string Code, string Text) Describe(DhtError error) => error switch
    {
        DhtError.PeerNotFound => ("PEER_NOT_FOUND", "Peer not found"),
        DhtError.PeerConnectionFailed => ("PEER_CONNECTION_FAILED", "Could not connect to peer"),
        DhtError.HandshakeInvalid => ("HANDSHAKE_INVALID", "Received invalid handshake"),
        DhtError.ServerIncompatible => ("SERVER_INCOMPATIBLE", "Server is using an incompatible version"),
        DhtError.ServerError => ("SERVER_ERROR", "Server returned an error"),
        DhtError.CannotHolepunch => ("CANNOT_HOLEPUNCH", "Cannot holepunch to remote"),
        DhtError.HolepunchAborted => ("HOLEPUNCH_ABORTED", "Holepunch aborted"),
        DhtError.RequestTimeout => ("REQUEST_TIMEOUT", "Request timed out"),
        DhtError.KeyPairAlreadyUsed => ("KEYPAIR_ALREADY_USED", "Keypair already used"),
        DhtError.NodeDestroyed => ("NODE_DESTROYED", "Node destroyed"),
        DhtError.StreamTimeout => ("ETIMEDOUT", "connection timed out"),
        DhtError.StreamReset => ("ECONNRESET", "connection reset by peer"),
        DhtError.ProtocolViolation => ("PROTOCOL_VIOLATION", "The other side broke the protocol"),
        DhtError.RelayLost => ("RELAY_LOST", "The connection to the relay was lost"),
        DhtError.ListenRefused => ("LISTEN_REFUSED", "The relay closed the server at once"),
        DhtError.RelayedFailure => (UnknownCode, "The relay told of a failure"),
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };
}
