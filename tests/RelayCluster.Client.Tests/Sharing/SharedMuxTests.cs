using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Sharing;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Client.Tests.Sharing;

/// <summary>Our client and our relay, on a muxer that each shares with another protocol.</summary>
public sealed class SharedMuxTests(RelayScene scene) : IClassFixture<RelayScene>
{
    private static readonly MuxChannelOptions Chat = new() { Protocol = "chat", MessageTypes = 1 };

    [Fact]
    public async Task Node_OnASharedMuxer_ConnectsThroughTheRelay_WhileTheOtherProtocolGoesOn()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await using var muxOfClient = new SharedMux(client);
        await using var muxOfRelay = new SharedMux(relay);
        Task<RelayChannel?> accepting = RelayChannel.AcceptAsync(muxOfRelay).AsTask();
        SharedChannel chatOfClient = muxOfClient.Open(Chat)!;
        SharedChannel chatOfRelay = muxOfRelay.Open(Chat)!;
        Task[] running = [muxOfClient.RunAsync(), muxOfRelay.RunAsync()];

        await using (RelayedDht node = await RelayedDht.StartAsync(
            _ => ValueTask.FromResult(RelayChannel.Open(muxOfClient))).Within())
        {
            Task session = scene.Relay.ServeAsync((await accepting.Within())!);
            using KeyPair serverKeys = KeyPair.Generate();
            await using IDhtServer server = await scene.Peer.ListenAsync(serverKeys).Within();
            await using DhtStream stream = await node.ConnectAsync(serverKeys.PublicKey).Within();
            await using DhtStream far = await server.AcceptOneAsync();
            await stream.WriteMessageAsync("to the peer"u8.ToArray());
            await chatOfClient.SendAsync(0, "to the relay"u8.ToArray());
            Assert.Equal("to the peer"u8.ToArray(), await far.ReadAsync());
            Assert.Equal("to the relay"u8.ToArray(), await ReadAsync(chatOfRelay));

            await node.DisposeAsync();
            await session.Within();
        }

        await chatOfRelay.SendAsync(0, "still here"u8.ToArray());
        Assert.Equal("still here"u8.ToArray(), await ReadAsync(chatOfClient));
        await muxOfClient.CloseAsync();
        await Task.WhenAll(running).Within();
    }

    private static async Task<byte[]> ReadAsync(SharedChannel channel)
    {
        using ChannelMessage message = (await channel.ReadAsync().Within())!.Value;
        return message.Payload.Span.ToArray();
    }
}
