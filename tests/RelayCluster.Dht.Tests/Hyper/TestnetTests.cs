using System.Net;
using System.Net.Sockets;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper;

/// <summary>Nodes of ours among themselves, on real sockets.</summary>
public sealed class TestnetTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly Fixed32 Topic = Blake2b.Hash("a topic"u8);

    [Fact]
    public async Task Start_NodesAreMembersAndKnowEachOther()
    {
        await using Testnet testnet = await Testnet.StartAsync(4).WaitAsync(Deadline);

        Assert.Equal(4, testnet.Nodes.Count);
        Assert.All(testnet.Nodes, n => Assert.Equal(3, n.NodeCount));
        Assert.Equal(4, testnet.Nodes.Select(n => n.Id).Distinct().Count());
        Assert.All(testnet.Nodes, n => Assert.NotNull(n.Id));
        Assert.All(testnet.Nodes, n => Assert.Equal(IPAddress.Loopback, n.EndPoint.Address));
    }

    [Fact]
    public async Task Start_OfOneNode_Works()
    {
        await using Testnet testnet = await Testnet.StartAsync(1).WaitAsync(Deadline);
        await using DhtNode node = await testnet.CreateNodeAsync().WaitAsync(Deadline);

        Assert.Empty(await FindAsync(node));
    }

    [Fact]
    public async Task Announce_IsFoundByOthersUntilTakenBack()
    {
        await using Testnet testnet = await Testnet.StartAsync(4).WaitAsync(Deadline);
        await using DhtNode announcer = await testnet.CreateNodeAsync().WaitAsync(Deadline);
        await using DhtNode other = await testnet.CreateNodeAsync().WaitAsync(Deadline);
        using KeyPair first = KeyPair.Generate();
        using KeyPair second = KeyPair.Generate();

        Assert.Empty(await DrainAsync(announcer.AnnounceAsync(Topic, first)));
        List<LookupReply> known = await DrainAsync(announcer.AnnounceAsync(Topic, second));
        Assert.All(known, r => Assert.Equal(first.PublicKey, Assert.Single(r.Peers).PublicKey));
        Assert.Equal(
            new[] { first.PublicKey, second.PublicKey }.OrderBy(k => k.ToString()),
            (await FindAsync(other)).OrderBy(k => k.ToString()));

        await DrainAsync(announcer.UnannounceAsync(Topic, first));
        Assert.Equal([second.PublicKey], await FindAsync(other));
    }

    [Fact]
    public async Task Announce_WhereNobodyIs_Fails()
    {
        await using DhtNode alone = await StartAsync([]);
        using KeyPair keyPair = KeyPair.Generate();

        await Assert.ThrowsAsync<DhtException>(
            () => DrainAsync(alone.AnnounceAsync(Topic, keyPair)).WaitAsync(Deadline));
    }

    [Fact]
    public async Task Connect_ToAnUnknownKey_IsPeerNotFound()
    {
        await using Testnet testnet = await Testnet.StartAsync(3).WaitAsync(Deadline);
        await using DhtNode node = await testnet.CreateNodeAsync().WaitAsync(Deadline);
        using KeyPair nobody = KeyPair.Generate();

        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => node.ConnectAsync(nobody.PublicKey).AsTask().WaitAsync(Deadline));

        Assert.Equal("PEER_NOT_FOUND: Peer not found", e.Message);
    }

    [Fact]
    public async Task Start_OnAPortInUse_SaysSo()
    {
        await using DhtNode first = await StartAsync([]);

        await Assert.ThrowsAsync<SocketException>(() => DhtNode.StartAsync(
            new DhtNodeOptions { Bootstrap = [], Host = IPAddress.Loopback, Port = first.EndPoint.Port }));
    }

    [Fact]
    public async Task Start_WithTheBootstrapNodesAway_StillStarts()
    {
        await using DhtNode node = await StartAsync([new BootstrapNode("127.0.0.1", 9)]).WaitAsync(Deadline);

        Assert.Equal(0, node.NodeCount);
    }

    [Fact]
    public async Task Dispose_Twice_AndUseAfter_IsNodeDestroyed()
    {
        DhtNode node = await StartAsync([]);
        using KeyPair keyPair = KeyPair.Generate();
        await node.DisposeAsync();
        await node.DisposeAsync();

        foreach (Func<Task> use in new Func<Task>[]
        {
            () => node.ConnectAsync(Topic).AsTask(),
            () => DrainAsync(node.LookupAsync(Topic)),
            () => DrainAsync(node.AnnounceAsync(Topic, keyPair)),
            () => DrainAsync(node.UnannounceAsync(Topic, keyPair)),
        })
        {
            DhtException e = await Assert.ThrowsAsync<DhtException>(() => use().WaitAsync(Deadline));
            Assert.Equal(DhtError.NodeDestroyed, e.Error);
        }
    }

    [Fact]
    public async Task Lookup_LeftEarlyOrCancelled_Stops()
    {
        await using Testnet testnet = await Testnet.StartAsync(3).WaitAsync(Deadline);
        await using DhtNode node = await testnet.CreateNodeAsync().WaitAsync(Deadline);
        using KeyPair keyPair = KeyPair.Generate();
        await DrainAsync(node.AnnounceAsync(Topic, keyPair)).WaitAsync(Deadline);

        await foreach (LookupReply reply in node.LookupAsync(Topic))
        {
            Assert.NotEmpty(reply.Peers);
            break;
        }

        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => DrainAsync(node.LookupAsync(Topic, stopping.Token)).WaitAsync(Deadline));
    }

    private static Task<DhtNode> StartAsync(BootstrapNode[] bootstrap) =>
        DhtNode.StartAsync(new DhtNodeOptions { Bootstrap = bootstrap, Host = IPAddress.Loopback });

    private static async Task<List<LookupReply>> DrainAsync(IAsyncEnumerable<LookupReply> replies)
    {
        List<LookupReply> all = [];
        await foreach (LookupReply reply in replies)
        {
            all.Add(reply);
        }

        return all;
    }

    private static async Task<Fixed32[]> FindAsync(DhtNode node) =>
    [
        .. (await DrainAsync(node.LookupAsync(Topic)).WaitAsync(Deadline))
            .SelectMany(r => r.Peers)
            .Select(p => p.PublicKey)
            .Distinct(),
    ];
}
