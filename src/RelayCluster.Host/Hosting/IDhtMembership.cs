using RelayCluster.Dht;

namespace RelayCluster.Host.Hosting;

/// <summary>How the relay comes to its DHT node. Disposing it leaves the DHT.</summary>
internal interface IDhtMembership : IAsyncDisposable
{
    /// <summary>Joins the DHT, once; the node is this membership's.</summary>
    /// <exception cref="StartupException">The DHT cannot be joined as the options say.</exception>
    Task<IDhtNode> JoinAsync(CancellationToken cancellationToken);

    /// <summary>After joining: ends when the DHT is left; faults if the node broke.</summary>
    Task Completion { get; }
}
