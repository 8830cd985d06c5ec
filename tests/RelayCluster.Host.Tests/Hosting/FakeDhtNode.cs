using System.Runtime.CompilerServices;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Host.Tests.Hosting;

/// <summary>A node of a DHT in which there is nobody else.</summary>
internal sealed class FakeDhtNode : IDhtNode
{
    public KeyPair DefaultKeyPair { get; } = KeyPair.Generate();

    public ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default) => throw new DhtException(DhtError.PeerNotFound);

    public ValueTask<IDhtServer> ListenAsync(
        KeyPair? keyPair = null,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException("nobody listens here yet");

    public IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default) =>
        NobodyAsync(cancellationToken);

    public IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default) => NobodyAsync(cancellationToken);

    public IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default) => NobodyAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        DefaultKeyPair.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async IAsyncEnumerable<LookupReply> NobodyAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        yield break;
    }
}
