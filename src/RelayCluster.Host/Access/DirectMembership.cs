using RelayCluster.Dht;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Access;

/// <summary>A node of one's own on the DHT, for as long as a command runs.</summary>
internal sealed class DirectMembership(DhtNodeOptions options) : IDhtMembership
{
    private DhtNode? _node;

    public Task Completion => _node?.Completion ?? Task.CompletedTask;

    public async Task<IDhtNode> JoinAsync(CancellationToken cancellationToken)
    {
        _node = await NodeStart.StartAsync(options, null, ("--dht-host", "--dht-port"), cancellationToken);

        // A relay waits until there is somebody; who sits before a command wants to know.
        return _node.NodeCount > 0
            ? _node
            : throw new StartupException($"no node of the DHT answers at {string.Join(", ", options.Bootstrap)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }
}
