using System.Runtime.CompilerServices;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Host.Tests.Topics;

/// <summary>A node that keeps what is announced, and fails when it is told to.</summary>
internal sealed class AnnouncedNode : IDhtNode
{
    public KeyPair DefaultKeyPair => throw new NotSupportedException();

    public int Announcements { get; private set; }

    public bool IsAnnounced { get; private set; }

    public bool Fails { get; set; }

    public async IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await TryAsync(cancellationToken);
        Announcements++;
        IsAnnounced = true;
        yield break;
    }

    public async IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await TryAsync(cancellationToken);
        IsAnnounced = false;
        yield break;
    }

    public ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<IDhtServer> ListenAsync(
        KeyPair? keyPair = null,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task TryAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Fails ? throw new DhtException(DhtError.RequestTimeout) : Task.CompletedTask;
    }
}
