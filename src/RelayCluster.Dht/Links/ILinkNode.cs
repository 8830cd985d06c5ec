using RelayCluster.Dht.Foreign;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Links;

/// <summary>
/// A node that connects to servers over links, in the place of UDP. Both sides make the handshake that they would make
/// through the DHT, with the same payloads, and the same stream runs over the link then.
/// </summary>
/// <remarks>
/// <code>
///   client                                  server
///     ├── hello: the client's Noise message ──►  has it room? then it is taken
///     ◄── taken ────────────────────────────────┤
///     │                                           the firewall is asked
///     ◄── answer: the server's Noise message ───┤ or refused, and the link ends
///     ├── data … end ───────────────────────────►
///     ◄── data … end ───────────────────────────┤
/// </code>
/// <para>
/// Each of these is a frame: its kind in a byte, the length of its body in two, the body. A side's end is a frame too:
/// a link that closes without it has broken, and the stream with it.
/// </para>
/// <para>
/// A link that breaks before the answer has decided nothing, and the DHT is left to try. A refusal has: through the DHT
/// the same firewall would be asked the same again.
/// </para>
/// </remarks>
public interface ILinkNode
{
    /// <summary>Connects to the server on a public key that is at the other end of a link.</summary>
    /// <param name="link">The link, which is the node's from here on.</param>
    /// <param name="remotePublicKey">The server's.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection; null if the link was of no use.</returns>
    /// <exception cref="DhtException">The server refuses, or does not answer though it is there.</exception>
    ValueTask<DhtStream?> ConnectAsync(
        DhtLink link,
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>As the other, for a key pair whose secret half is elsewhere.</summary>
    /// <param name="link">The link, which is the node's from here on.</param>
    /// <param name="remotePublicKey">The server's.</param>
    /// <param name="identity">Whom to connect as.</param>
    /// <param name="options">How; the key pair is not used. Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A stream that is an <see cref="IForeignStream"/>; null if the link was of no use.</returns>
    /// <exception cref="DhtException">
    /// The server refuses, or does not answer though it is there, or the handshake could not be made.
    /// </exception>
    ValueTask<DhtStream?> ConnectAsync(
        DhtLink link,
        Fixed32 remotePublicKey,
        IForeignIdentity identity,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default);
}
