namespace RelayCluster.Dht;

/// <summary>
/// A DHT operation failed. Where the reference has an error for it, the message is the reference's own string, such as
/// <c>PEER_NOT_FOUND: Peer not found</c>: relayed clients compare it.
/// </summary>
public sealed class DhtException : Exception
{
    /// <summary>A failure with the standard words for <paramref name="error"/>.</summary>
    public DhtException(DhtError error)
        : this(error, Describe(error).Text)
    {
    }

    /// <summary>A failure with words of its own behind the code.</summary>
    public DhtException(DhtError error, string text, Exception? innerException = null)
        : base($"{Describe(error).Code}: {text}", innerException)
    {
        Error = error;
    }

    /// <summary>What failed.</summary>
    public DhtError Error { get; }

    /// <summary>The reference's name for the failure, such as <c>PEER_NOT_FOUND</c> (hyperdht, lib/errors.js).</summary>
    public string Code => Describe(Error).Code;

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
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };
}
