using System.Text.Json.Nodes;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Interop;

/// <summary>What JavaScript nodes do on a network of ours, and ours on one of theirs, apart from connecting.</summary>
public sealed class NetworkTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly Fixed32 Topic = Blake2b.Hash("a topic"u8);
    private static readonly Fixed32 Seed = Blake2b.Hash("a seed"u8);

    [Fact]
    public async Task OurTestnet_RelaysTheHandshakeOfAJavaScriptClientToAJavaScriptServer()
    {
        await using Testnet testnet = await Testnet.StartAsync(4);
        await using JavaScriptPeer server = await JavaScriptPeer.JoinAsync(testnet.Bootstrap);
        await using JavaScriptPeer client = await JavaScriptPeer.JoinAsync(testnet.Bootstrap);
        Fixed32 publicKey = await server.ListenAsync("echo");

        await client.CallAsync("connect", new { publicKey = publicKey.ToString() });
        JsonObject answer = await client.CallAsync("exchange", new { data = "0102ff" });
        await client.CallAsync("disconnect");

        Assert.Equal("0102ff", (string)answer["data"]!);
        await server.NextAsync("close");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task JavaScriptAnnounces_OurLookupFindsIt(bool isTheirNetwork)
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork);
        var arguments = new { topic = Topic.ToString(), seed = Seed.ToString() };
        JsonObject announced = await scene.Peer.CallAsync("announce", arguments);
        Fixed32 publicKey = Fixed32.Parse((string)announced["publicKey"]!);

        List<LookupReply> replies = await LookupAsync(scene.Node);

        Assert.All(replies, r => Assert.Equal(publicKey, Assert.Single(r.Peers).PublicKey));
        Assert.All(replies, r => Assert.NotNull(r.Token));
        Assert.Contains(replies, r => r.From.Id is not null);
        Assert.All(replies, r => Assert.Equal(scene.Node.EndPoint, r.To.EndPoint));

        await scene.Peer.CallAsync("unannounce", arguments);
        Assert.Empty(await LookupAsync(scene.Node));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WeAnnounce_TheirLookupFindsItUntilWeTakeItBack(bool isTheirNetwork)
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork);
        using KeyPair keyPair = KeyPair.FromSeed(Seed.Span);

        await DrainAsync(scene.Node.AnnounceAsync(Topic, keyPair));
        Assert.Equal([keyPair.PublicKey.ToString()], await TheirLookupAsync(scene.Peer));

        await DrainAsync(scene.Node.UnannounceAsync(Topic, keyPair));
        Assert.Empty(await TheirLookupAsync(scene.Peer));
    }

    [Fact]
    public async Task OurTestnet_StoresTheirValues()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: false);

        JsonObject stored = await scene.Peer.CallAsync("store", new { seed = Seed.ToString(), value = "kept" });

        Assert.Equal("kept", (string)stored["immutable"]!);
        Assert.Equal("kept", (string)stored["mutable"]!);
        Assert.Equal(3, (int)stored["seq"]!);
    }

    private static async Task<List<LookupReply>> LookupAsync(DhtNode node)
    {
        using var stopping = new CancellationTokenSource(Deadline);
        List<LookupReply> replies = [];
        await foreach (LookupReply reply in node.LookupAsync(Topic, stopping.Token))
        {
            replies.Add(reply);
        }

        return replies;
    }

    private static async Task<string[]> TheirLookupAsync(JavaScriptPeer peer)
    {
        JsonObject found = await peer.CallAsync("lookup", new { topic = Topic.ToString() });
        return [.. found["publicKeys"]!.AsArray().Select(k => (string)k!)];
    }

    private static async Task DrainAsync(IAsyncEnumerable<LookupReply> replies)
    {
        using var stopping = new CancellationTokenSource(Deadline);
        await foreach (LookupReply _ in replies.WithCancellation(stopping.Token))
        {
            // only the end matters
        }
    }
}
