using RelayCluster.Wire;

namespace RelayCluster.Dht;

/// <summary>
/// A server that listens on a key pair: whoever knows the public key finds it in the DHT and connects. Its owner takes
/// the connections one by one; they are the owner's, and outlive the server.
/// </summary>
public interface IDhtServer : IAsyncDisposable
{
    /// <summary>What clients connect to.</summary>
    Fixed32 PublicKey { get; }

    /// <summary>Where the server's node is, as other nodes see it now.</summary>
    DhtServerAddress Address { get; }

    /// <summary>The next connection, which the caller then owns; null when the server is closed.</summary>
    ValueTask<DhtStream?> AcceptAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Stops answering clients and takes the announcements back: afterwards nobody finds the server. Connections that
    /// were not taken yet are destroyed. May be called more than once; disposing does the same.
    /// </summary>
    /// <param name="cancellationToken">
    /// Of the first call: gives up taking back the announcements; the nodes forget by themselves, in 13 to 27 minutes.
    /// </param>
    ValueTask CloseAsync(CancellationToken cancellationToken = default);
}
