using System.Net;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Dht.Links;
using RelayCluster.Relay.Directory;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Directory;

/// <summary>Links to servers of other nodes, and from their clients to the servers of this one.</summary>
internal sealed class ServerLinks
{
    private const string Purpose = "link";

    /// <summary>How long another node may take to give one; the DHT takes its time too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly IPEndPoint Unknown = new(IPAddress.Any, 0);

    private readonly NodeConnections _connections;
    private readonly LocalDirectory _local;
    private readonly TimeProvider _timeProvider;

    /// <param name="connections">Not started yet.</param>
    /// <param name="local">This node's servers.</param>
    /// <param name="timeProvider">The clock.</param>
    public ServerLinks(NodeConnections connections, LocalDirectory local, TimeProvider timeProvider)
    {
        _connections = connections;
        _local = local;
        _timeProvider = timeProvider;
        connections.Handle(Purpose, ServeAsync);
    }

    /// <summary>A link to the server on a key at another node.</summary>
    /// <exception cref="IOException">There is none to be had.</exception>
    public async ValueTask<DhtLink> OpenAsync(string node, Fixed32 key, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            NodeConnection connection = await _connections.OpenAsync(node, Purpose, key.ToArray(), either.Token)
                .ConfigureAwait(false);
            return new DhtLink(connection, Unknown, connection);
        }
        catch (FabricException e)
        {
            throw new IOException(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{node} gave no link in time", e);
        }
    }

    /// <summary>A server that is not here, or has no room, is told by the end of the connection.</summary>
    private async Task ServeAsync(NodeConnection connection, CancellationToken cancellationToken)
    {
        var end = new ConnectionEnd();
        if (connection.Data.Length != Fixed32.Size
            || !_local.TryAccept(new Fixed32(connection.Data.Span), new DhtLink(connection, Unknown, end)))
        {
            return;
        }

        using CancellationTokenRegistration stopping = cancellationToken.UnsafeRegister(
            static connection => ((NodeConnection)connection!).Abort(), connection);
        await end.WhenEnded.ConfigureAwait(false);
    }
}
