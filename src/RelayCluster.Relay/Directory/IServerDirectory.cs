using RelayCluster.Dht.Links;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Directory;

/// <summary>
/// The servers that clients of this relay, or of its fleet, listen with: whoever connects to one of them through the same
/// relay or fleet gets there by a link, without the DHT and without UDP. Used from any thread.
/// </summary>
public interface IServerDirectory
{
    /// <summary>Makes a server known until the result is disposed. Returns at once.</summary>
    /// <param name="server">A server whose owner has shown that it has the key.</param>
    IDisposable Add(ILinkServer server);

    /// <summary>
    /// Opens a link to a server on a public key, which the caller then owns; null if none is known. Takes some seconds at
    /// most. Where there is no link the server is sought through the DHT.
    /// </summary>
    /// <param name="publicKey">The server's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">One is known, but no link to it can be had.</exception>
    ValueTask<DhtLink?> OpenAsync(Fixed32 publicKey, CancellationToken cancellationToken = default);
}
