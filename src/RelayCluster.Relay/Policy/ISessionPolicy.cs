using RelayCluster.Wire;

namespace RelayCluster.Relay.Policy;

/// <summary>
/// What one session may do. Its relay asks before it acts: null is a yes, and what was allowed counts until
/// <see cref="Ended"/> says that it is over. Asked from any thread, and answered at once. Disposed when the session is
/// gone, and with it all that was still open.
/// </summary>
/// <remarks>
/// A client that keeps its secret key only says which key it has; that it does is seen by the peers that it connects
/// to, not by the relay.
/// </remarks>
public interface ISessionPolicy : IDisposable
{
    /// <summary>The client says hello. A no ends the session.</summary>
    /// <param name="publicKey">The client's own key, which it connects with unless it says otherwise.</param>
    PolicyRefusal? Greet(Fixed32 publicKey);

    /// <summary>The client wants a stream to a peer.</summary>
    /// <param name="publicKey">The key that it connects with.</param>
    /// <param name="remotePublicKey">The peer's.</param>
    PolicyRefusal? Connect(Fixed32 publicKey, Fixed32 remotePublicKey);

    /// <summary>The client wants a server.</summary>
    /// <param name="publicKey">The server's key.</param>
    PolicyRefusal? Listen(Fixed32 publicKey);

    /// <summary>A peer shakes hands with a server of the client. A no is no answer for it; nothing counts yet.</summary>
    /// <param name="publicKey">The server's key.</param>
    /// <param name="remotePublicKey">The peer's.</param>
    PolicyRefusal? Knock(Fixed32 publicKey, Fixed32 remotePublicKey);

    /// <summary>A peer has connected to a server of the client, which is to have the stream. A no destroys it.</summary>
    /// <param name="publicKey">The server's key.</param>
    /// <param name="remotePublicKey">The peer's.</param>
    PolicyRefusal? Accept(Fixed32 publicKey, Fixed32 remotePublicKey);

    /// <summary>The client asks the DHT for something.</summary>
    /// <param name="kind">What.</param>
    /// <param name="publicKey">The key that is announced or unannounced; null for a lookup.</param>
    /// <param name="topic">Of what.</param>
    PolicyRefusal? Query(QueryKind kind, Fixed32? publicKey, Fixed32 topic);

    /// <summary>One of those that were allowed is over.</summary>
    void Ended(PolicyResource resource);

    /// <summary>
    /// Payload was read, from the client or from one of its peers, and is passed on. Tells how long not to read there
    /// again, at most a day: that is how a rate holds, for then the sender has to wait, and nothing is lost.
    /// </summary>
    TimeSpan Carried(int bytes);
}
