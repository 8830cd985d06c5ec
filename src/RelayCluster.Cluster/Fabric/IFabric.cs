namespace RelayCluster.Cluster.Fabric;

/// <summary>
/// The engine that joins the nodes of a fleet: it carries small messages between them, and gives each key of a region
/// to one of them. Payload of clients never goes through it. Two implementations: in process, for a node by itself and
/// for tests, and RabbitMQ.
/// </summary>
/// <remarks>
/// <para>
/// <b>Asks.</b> A request goes to one node, by its name or as the owner of a key, and is answered by the handler of its
/// subject there with any number of replies. As long as the handler works the asker gets signs of life, so an ask never
/// hangs: it fails with <see cref="FabricException"/> when the node that answers is gone, silent or unreachable.
/// </para>
/// <para>
/// <b>Illness.</b> While the engine cannot be had, asks fail at once and broadcasts are lost; the node goes on by
/// itself. The fabric returns by itself when the engine does, with the weights that were set.
/// </para>
/// </remarks>
public interface IFabric : IAsyncDisposable
{
    /// <summary>This node's name, unique in the fleet.</summary>
    string NodeName { get; }

    /// <summary>Whether the engine can be had now.</summary>
    bool IsConnected { get; }

    /// <summary>Answers requests, and hears broadcasts, of a subject; before the start, once for a subject.</summary>
    void Handle(string subject, FabricHandler handler);

    /// <summary>Joins the fleet; completes when the node can be asked.</summary>
    /// <exception cref="FabricException">The name is taken, or the engine refuses us.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// This node's share of a region's keys, in relation to the weights of the others: 0 to 1,000; 0 takes none, and is
    /// what a node starts with. Keys that it owned move when it changes.
    /// </summary>
    ValueTask SetWeightAsync(string region, int weight, CancellationToken cancellationToken);

    /// <summary>The weights that this node was given, by region.</summary>
    IReadOnlyDictionary<string, int> Weights { get; }

    /// <summary>Asks one node; its replies as they come in.</summary>
    /// <exception cref="FabricException">There is no such node, or it went before the end, or it failed.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(
        FabricAddress address,
        string subject,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken);

    /// <summary>
    /// Tells all nodes but this one; those who have a handler for the subject run it, and its replies go nowhere. From
    /// one node they arrive in order; some may be lost.
    /// </summary>
    ValueTask TellAllAsync(string subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
