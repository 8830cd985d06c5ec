using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Local;

/// <summary>An ask under way, for the hub to end when something happens between its two nodes.</summary>
internal sealed class LocalCall(LocalFabric asker, LocalFabric answerer, string subject)
{
    private readonly TaskCompletionSource<FabricError> _lost = new();

    public LocalFabric Asker => asker;

    public LocalFabric Answerer => answerer;

    public string Subject => subject;

    /// <summary>Completes when no reply can come any more, with the reason.</summary>
    public Task<FabricError> Lost => _lost.Task;

    public void Lose(FabricError reason) => _lost.TrySetResult(reason);
}
