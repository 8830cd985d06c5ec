namespace RelayCluster.Cluster.Connections;

/// <summary>What carries bytes from node to node: sockets, or pipes within a process.</summary>
internal interface INodeTransport : IAsyncDisposable
{
    /// <summary>Where the others reach this node, once it listens.</summary>
    string Address { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="serveAsync">
    /// Serves a line until it has no more use for it, and throws nothing; the line is disposed then. The token is
    /// cancelled when the transport is disposed, which waits for it.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Fabric.FabricException">It cannot listen as it was told to.</exception>
    ValueTask StartAsync(Func<INodeLine, CancellationToken, Task> serveAsync, CancellationToken cancellationToken);

    /// <summary>A line to the node that listens at an address; it is the caller's.</summary>
    /// <exception cref="IOException">There is no way to it.</exception>
    ValueTask<INodeLine> DialAsync(string address, CancellationToken cancellationToken);
}
