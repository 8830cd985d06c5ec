using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Administration;

/// <summary>A node of a DHT in which there is nobody else, and nothing is asked.</summary>
internal sealed class NobodyNode : IDhtNode
{
    public KeyPair DefaultKeyPair { get; } = new(default, new byte[KeyPair.SecretKeySize]);

    public ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default) => throw new DhtException(DhtError.PeerNotFound);

    public ValueTask<IDhtServer> ListenAsync(
        KeyPair? keyPair = null,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default) => throw new DhtException(DhtError.NodeDestroyed);

    public IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default) =>
        AsyncEnumerable.Empty<LookupReply>();

    public IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<LookupReply>();

    public IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<LookupReply>();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
