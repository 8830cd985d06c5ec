using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Dht;

/// <summary>What a program does with the DHT, whether its node stands on UDP itself or behind a relay.</summary>
public interface IDhtNode : IAsyncDisposable
{
    /// <summary>The key pair of connections that bring none of their own.</summary>
    KeyPair DefaultKeyPair { get; }

    /// <summary>Finds the server that listens on a public key, and connects to it.</summary>
    /// <exception cref="DhtException">No such server, or it cannot be reached or refuses.</exception>
    ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Listens on a key pair; completes when the server is announced, and so can be found.
    /// </summary>
    /// <param name="keyPair">
    /// Whose public key clients connect to; null for the node's default. It stays the caller's, and must live as long
    /// as the server.
    /// </param>
    /// <param name="options">How to take clients; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up and takes back what was announced, for two seconds at most.</param>
    /// <exception cref="DhtException">The node listens on this key pair already, or was destroyed.</exception>
    ValueTask<IDhtServer> ListenAsync(
        KeyPair? keyPair = null,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the nodes closest to a topic for its announcers: a reply of every node that knows some, as they come in.
    /// </summary>
    IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default);

    /// <summary>Announces a key pair under a topic at the nodes closest to it; yields what they knew before.</summary>
    IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default);

    /// <summary>Takes back an announcement at the nodes closest to the topic; yields what they knew before.</summary>
    IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default);
}
