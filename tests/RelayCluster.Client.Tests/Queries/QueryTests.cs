using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Queries;

public sealed class QueryTests(RelayScene scene) : IClassFixture<RelayScene>
{
    [Theory]
    [MemberData(nameof(Custodies.OfOne), MemberType = typeof(Custodies))]
    public async Task Announce_IsFoundByLookups_UntilItIsTakenBack(bool custodial)
    {
        await using RelayedDht node = await scene.ConnectAsync(new RelayedDhtOptions { Custodial = custodial });
        using KeyPair keyPair = KeyPair.Generate();
        Fixed32 topic = Blake2b.Hash(keyPair.PublicKey.ToArray());
        await CollectAsync(node.AnnounceAsync(topic, keyPair));

        foreach (IDhtNode anybody in (IDhtNode[])[node, scene.Peer])
        {
            IReadOnlyList<LookupReply> replies = await CollectAsync(anybody.LookupAsync(topic));
            Assert.Contains(replies, reply => reply.Peers.Any(peer => peer.PublicKey == keyPair.PublicKey));
            Assert.All(replies, static reply => Assert.NotEqual(0, reply.From.EndPoint.Port));
        }

        await CollectAsync(node.UnannounceAsync(topic, keyPair));
        Assert.All(await CollectAsync(node.LookupAsync(topic)), static reply => Assert.Empty(reply.Peers));
    }

    [Fact]
    public async Task Query_ThatNobodyReadsToItsEnd_DisturbsNothing()
    {
        await using RelayedDht node = await scene.ConnectAsync();
        using KeyPair keyPair = KeyPair.Generate();
        await CollectAsync(node.AnnounceAsync(keyPair.PublicKey, keyPair));
        await foreach (LookupReply reply in node.LookupAsync(keyPair.PublicKey))
        {
            Assert.NotEmpty(reply.Peers);
            break;
        }

        Assert.NotEmpty(await CollectAsync(node.LookupAsync(keyPair.PublicKey)));
    }

    private static async Task<IReadOnlyList<LookupReply>> CollectAsync(IAsyncEnumerable<LookupReply> query)
    {
        using var deadline = new CancellationTokenSource(Deadlines.Patience);
        var replies = new List<LookupReply>();
        await foreach (LookupReply reply in query.WithCancellation(deadline.Token))
        {
            replies.Add(reply);
        }

        return replies;
    }
}
