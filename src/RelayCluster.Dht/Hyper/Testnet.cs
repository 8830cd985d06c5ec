using System.Net;
using Microsoft.Extensions.Logging;

namespace RelayCluster.Dht.Hyper;

/// <summary>A private DHT on 127.0.0.1, in this process: for tests and for trying things offline.</summary>
public sealed class Testnet : IAsyncDisposable
{
    private readonly List<DhtNode> _nodes;

    private Testnet(List<DhtNode> nodes)
    {
        _nodes = nodes;
    }

    /// <summary>Its persistent nodes.</summary>
    public IReadOnlyList<DhtNode> Nodes => _nodes;

    /// <summary>What other nodes take as <see cref="DhtNodeOptions.Bootstrap"/> to join.</summary>
    public IReadOnlyList<BootstrapNode> Bootstrap => [BootstrapNode.At(Nodes[0].EndPoint)];

    /// <summary>Starts nodes that know each other.</summary>
    /// <param name="count">How many, at least one.</param>
    /// <param name="loggerFactory">Where the nodes log; null for nowhere.</param>
    /// <param name="cancellationToken">Gives up and closes what was started.</param>
    public static async Task<Testnet> StartAsync(
        int count = 4,
        ILoggerFactory? loggerFactory = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var testnet = new Testnet([]);
        try
        {
            while (testnet._nodes.Count < count)
            {
                var options = new DhtNodeOptions
                {
                    Bootstrap = testnet._nodes.Count == 0 ? [] : testnet.Bootstrap,
                    Host = IPAddress.Loopback,
                    Ephemeral = false,
                    Firewalled = false,
                };
                testnet._nodes.Add(
                    await DhtNode.StartAsync(
                        options, null, loggerFactory, cancellationToken: cancellationToken).ConfigureAwait(false));
            }

            return testnet;
        }
        catch
        {
            await testnet.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds an ephemeral node, such as a program of this network would be. It is the caller's.</summary>
    public Task<DhtNode> CreateNodeAsync(CancellationToken cancellationToken = default) =>
        DhtNode.StartAsync(
            new DhtNodeOptions { Bootstrap = Bootstrap, Host = IPAddress.Loopback },
            cancellationToken: cancellationToken);

    /// <summary>Closes its nodes, the first one last.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_nodes.Count > 0)
        {
            await _nodes[^1].DisposeAsync().ConfigureAwait(false);
            _nodes.RemoveAt(_nodes.Count - 1);
        }
    }
}
