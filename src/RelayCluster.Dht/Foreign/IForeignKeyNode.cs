using RelayCluster.Wire;

namespace RelayCluster.Dht.Foreign;

/// <summary>
/// A node that connects, listens and announces for key pairs whose secret half is elsewhere, and never sees it: whoever
/// has it makes the Noise messages and the signatures when asked to. So a relay serves clients that keep their keys.
/// <code>
///   IForeignIdentity  ── BeginHandshake ──► IForeignHandshake   the two messages of one handshake
///   IAnnounceSigner   ── SignAsync ───────► 64 bytes            one for each node
///   the node's stream ── IForeignStream ──► the raw bytes       whoever has the keys runs the secret stream over them
/// </code>
/// <para>
/// The streams are <see cref="DhtStream"/>s with the same back-pressure, halves and failures as others. What they carry
/// is what the peer's UDX stream carries, cut anywhere; their <see cref="DhtStream.HandshakeHash"/> is empty, because
/// it was not told.
/// </para>
/// </summary>
public interface IForeignKeyNode
{
    /// <summary>Finds the server that listens on a public key, and connects to it.</summary>
    /// <param name="remotePublicKey">Whom to connect to.</param>
    /// <param name="identity">Whom to connect as.</param>
    /// <param name="options">How; the key pair is not used. Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A stream that is an <see cref="IForeignStream"/>.</returns>
    /// <exception cref="DhtException">
    /// No such server, or it cannot be reached or refuses, or the handshake could not be made.
    /// </exception>
    ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        IForeignIdentity identity,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Listens on a public key; completes when the server was announced where that was signed. The streams that it
    /// accepts are <see cref="IForeignStream"/>s.
    /// </summary>
    /// <param name="identity">Answers those who connect, or not: that is its firewall.</param>
    /// <param name="signer">Signs the announcements, of the same public key.</param>
    /// <param name="options">How to take clients; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up and takes back what was announced, for two seconds at most.</param>
    /// <exception cref="ArgumentException">The public keys differ.</exception>
    /// <exception cref="DhtException">The node listens on this key already, or was destroyed.</exception>
    ValueTask<IDhtServer> ListenAsync(
        IForeignIdentity identity,
        IAnnounceSigner signer,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Announces a public key under a topic at those of the nodes closest to it for which that is signed; yields what
    /// they knew before.
    /// </summary>
    IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        IAnnounceSigner signer,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes back an announcement at those of the nodes closest to the topic for which that is signed; yields what they
    /// knew before.
    /// </summary>
    IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        IAnnounceSigner signer,
        CancellationToken cancellationToken = default);
}
