using System.Net;
using Microsoft.Extensions.Logging;
using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper;

/// <summary>A node of the HyperDHT on a UDP socket of its own.</summary>
public sealed class DhtNode : IDhtNode
{
    private DhtNode(KeyPair defaultKeyPair, IPEndPoint endPoint)
    {
        DefaultKeyPair = defaultKeyPair;
        EndPoint = endPoint;
    }

    /// <inheritdoc/>
    public KeyPair DefaultKeyPair { get; }

    /// <summary>The local address that the node is bound to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Binds the socket and joins the network; completes when the node has found its place in it.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound to.</exception>
    public static Task<DhtNode> StartAsync(
        DhtNodeOptions options,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException("soon");

    /// <inheritdoc/>
    public ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException("soon");

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("soon");

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default) => throw new NotSupportedException("soon");

    /// <inheritdoc/>
    public IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default) => throw new NotSupportedException("soon");

    /// <summary>Leaves the network: destroys the connections and closes the socket.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
