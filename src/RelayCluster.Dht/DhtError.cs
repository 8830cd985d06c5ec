namespace RelayCluster.Dht;

/// <summary>Why a DHT operation failed. The reference's names for them are in <see cref="DhtException.Code"/>.</summary>
public enum DhtError
{
    /// <summary>No node knows the public key.</summary>
    PeerNotFound,

    /// <summary>Nodes know the public key, but the handshake through them failed.</summary>
    PeerConnectionFailed,

    /// <summary>The peer's handshake reply did not make sense.</summary>
    HandshakeInvalid,

    /// <summary>The peer speaks another version of the handshake.</summary>
    ServerIncompatible,

    /// <summary>The peer refused the connection or failed at it.</summary>
    ServerError,

    /// <summary>The peer can only be reached by hole punching, and cannot be.</summary>
    CannotHolepunch,

    /// <summary>The hole punching was given up.</summary>
    HolepunchAborted,

    /// <summary>A request had no reply after its last try.</summary>
    RequestTimeout,

    /// <summary>The node has a server on this key pair already.</summary>
    KeyPairAlreadyUsed,

    /// <summary>The node was destroyed.</summary>
    NodeDestroyed,

    /// <summary>The stream had no packet from the other side for too long.</summary>
    StreamTimeout,

    /// <summary>The other side destroyed the stream.</summary>
    StreamReset,

    /// <summary>The other side broke the protocol.</summary>
    ProtocolViolation,

    /// <summary>The connection of a relayed node to its relay was lost.</summary>
    RelayLost,

    /// <summary>The relay of a relayed node closed a server at once, and did not say why.</summary>
    ListenRefused,

    /// <summary>The relay of a relayed node told of a failure in words that are none of the above.</summary>
    RelayedFailure,
}
