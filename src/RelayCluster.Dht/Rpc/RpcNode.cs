using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RelayCluster.Dht.Rpc.Nat;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>A node of the Kademlia layer on a UDP socket that it shares with the streams.</summary>
internal sealed class RpcNode : IAsyncDisposable
{
    private RpcNode()
    {
    }

    /// <summary>The socket, for streams. It is the node's: disposing the node disposes it.</summary>
    public UdxSocket Socket => throw new NotImplementedException();

    /// <summary>Where the socket is bound.</summary>
    public UdpEndPoint LocalEndPoint => throw new NotImplementedException();

    /// <summary>The node's id; null while it is ephemeral.</summary>
    public Fixed32? Id => throw new NotImplementedException();

    /// <summary>Whether the node keeps its id to itself.</summary>
    public bool IsEphemeral => throw new NotImplementedException();

    /// <summary>Whether strangers cannot reach the node.</summary>
    public bool IsFirewalled => throw new NotImplementedException();

    /// <summary>How others see the node: its address if they agree on one; its port 0 if they only disagree on that.</summary>
    public UdpEndPoint? PublicEndPoint => throw new NotImplementedException();

    /// <summary>Where strangers can reach the node; null if they cannot, or it is not known.</summary>
    public UdpEndPoint? RemoteAddress => throw new NotImplementedException();

    /// <summary>What the node knows of the NAT before it.</summary>
    public NatKind Nat => throw new NotImplementedException();

    /// <summary>How many nodes the routing table holds.</summary>
    public int NodeCount => throw new NotImplementedException();

    /// <summary>Completes when the first query for neighbours has ended, also if it found none.</summary>
    public Task Bootstrapped => throw new NotImplementedException();

    /// <summary>
    /// <see cref="Id"/>, <see cref="IsEphemeral"/> or <see cref="PublicEndPoint"/> changed. Raised on the loop: handlers
    /// must neither block nor throw.
    /// </summary>
#pragma warning disable CS0067
    public event Action? StateChanged;
#pragma warning restore CS0067

    /// <summary>Binds the socket and begins to join.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static RpcNode Start(
        RpcNodeOptions options,
        IRpcRequestHandler handler,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        IMeterFactory? meterFactory = null) => throw new NotImplementedException();

    /// <summary>Asks a node, and waits for its reply, which may carry an error code.</summary>
    /// <exception cref="DhtException">No reply came, or the node was disposed.</exception>
    public Task<RpcReply> RequestAsync(
        UdpEndPoint to,
        RpcRequest request,
        CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Asks a node whether it is there.</summary>
    /// <exception cref="DhtException">No reply came, or the node was disposed.</exception>
    public Task<RpcReply> PingAsync(
        UdpEndPoint to,
        int retries = RpcRequest.DefaultRetries,
        CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Asks ever closer nodes the same thing, which must have a target. The query starts when it is read.</summary>
    public RpcQuery Query(RpcRequest request, RpcQueryOptions? options = null) => throw new NotImplementedException();

    /// <summary>Looks for the nodes closest to a target.</summary>
    public RpcQuery FindNode(Fixed32 target, RpcQueryOptions? options = null) => throw new NotImplementedException();

    /// <summary>Puts a node into the routing table unseen.</summary>
    public void AddNode(UdpEndPoint endPoint) => throw new NotImplementedException();

    /// <summary>The nodes last heard of, the latest first.</summary>
    public Task<IReadOnlyList<UdpEndPoint>> GetRecentNodesAsync(int limit) => throw new NotImplementedException();

    /// <summary>Ends every request and query with <see cref="DhtError.NodeDestroyed"/>, and closes the socket.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
