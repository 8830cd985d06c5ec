namespace RelayCluster.Cluster.Fabric;

/// <summary>
/// Answers requests of a subject. Runs for several requests at once, broadcasts of one node excepted, which come in
/// order. What it throws fails the ask with <see cref="FabricError.Failed"/>, and a <see cref="FabricException"/> with
/// its own error.
/// </summary>
/// <param name="request">What is asked.</param>
/// <param name="cancellationToken">Nobody waits for the replies any more.</param>
public delegate IAsyncEnumerable<ReadOnlyMemory<byte>> FabricHandler(
    FabricRequest request,
    CancellationToken cancellationToken);
