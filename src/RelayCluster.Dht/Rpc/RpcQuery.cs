namespace RelayCluster.Dht.Rpc;

/// <summary>A query under way: the replies as they come in, and in the end the closest of them.</summary>
internal sealed class RpcQuery : IAsyncEnumerable<RpcReply>
{
    /// <summary>The at most 20 closest nodes' replies, closest first; complete when the enumeration has ended.</summary>
    public IReadOnlyList<RpcReply> ClosestReplies => throw new NotImplementedException();

    /// <summary>
    /// Starts the query; once only. The enumeration ends after the commit round. Leaving it early cancels the query.
    /// </summary>
    /// <exception cref="DhtException">The commit round failed, or the node was disposed.</exception>
    public IAsyncEnumerator<RpcReply> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Runs the query to its end for the sake of the commit round or of <see cref="ClosestReplies"/>.</summary>
    /// <exception cref="DhtException">The commit round failed, or the node was disposed.</exception>
    public Task RunAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
