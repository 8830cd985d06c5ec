using System.Net;
using System.Text.Json.Nodes;
using RelayCluster.Dht.Hyper;

namespace RelayCluster.Dht.Tests.Interop;

/// <summary>A network, a JavaScript node in it, and a node of ours.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private readonly Testnet? _testnet;

    private readonly IReadOnlyList<BootstrapNode> _bootstrap;

    private Scene(Testnet? testnet, IReadOnlyList<BootstrapNode> bootstrap, JavaScriptPeer peer, DhtNode node)
    {
        _testnet = testnet;
        _bootstrap = bootstrap;
        Peer = peer;
        Node = node;
    }

    public JavaScriptPeer Peer { get; }

    public DhtNode Node { get; }

    /// <param name="isTheirNetwork">Whether the network's nodes are JavaScript, or a <see cref="Testnet"/>.</param>
    /// <param name="options">For the JavaScript node.</param>
    /// <param name="ours">For our node; its bootstrap nodes are set here.</param>
    public static async Task<Scene> StartAsync(
        bool isTheirNetwork,
        JsonNode? options = null,
        DhtNodeOptions? ours = null)
    {
        Testnet? testnet = null;
        JavaScriptPeer? peer = null;
        try
        {
            IReadOnlyList<BootstrapNode> bootstrap;
            if (isTheirNetwork)
            {
                (peer, bootstrap) = await JavaScriptPeer.StartNetworkAsync(options);
            }
            else
            {
                testnet = await Testnet.StartAsync(4);
                bootstrap = testnet.Bootstrap;
                peer = await JavaScriptPeer.JoinAsync(bootstrap, options);
            }

            ours ??= new DhtNodeOptions { Host = IPAddress.Loopback };
            ours.Bootstrap = bootstrap;
            DhtNode node = await DhtNode.StartAsync(ours);
            return new Scene(testnet, bootstrap, peer, node);
        }
        catch
        {
            await DisposeAsync(peer, testnet);
            throw;
        }
    }

    /// <summary>Another JavaScript node, which knows nobody yet; it is the caller's.</summary>
    public Task<JavaScriptPeer> JoinAsync() => JavaScriptPeer.JoinAsync(_bootstrap);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await DisposeAsync(Peer, _testnet);
    }

    private static async Task DisposeAsync(JavaScriptPeer? peer, Testnet? testnet)
    {
        if (peer is not null)
        {
            await peer.DisposeAsync();
        }

        if (testnet is not null)
        {
            await testnet.DisposeAsync();
        }
    }
}
