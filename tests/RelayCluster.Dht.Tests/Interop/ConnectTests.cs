using System.Net;
using System.Text.Json.Nodes;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Interop;

/// <summary>
/// Our node connects to servers of the npm package hyperdht, in a network of theirs and in one of ours.
/// </summary>
public sealed class ConnectTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // how a JavaScript server on this machine can stand to the network: it finds out that it is open, is told to be
    // firewalled (and then offers its local addresses), or is told to be open
    public static TheoryData<bool, string> Servers => new()
    {
        { true, "{}" },
        { false, "{}" },
        { true, """{"quickFirewall": false}""" },
        { false, """{"quickFirewall": false}""" },
        { true, """{"firewalled": false}""" },
        { false, """{"ephemeral": false, "firewalled": false}""" },
        { false, """{"host": "0.0.0.0"}""" },
        { true, """{"host": "0.0.0.0", "quickFirewall": false}""" },
        { false, """{"host": "0.0.0.0", "quickFirewall": false}""" },
    };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Connect_ToAJavaScriptServer_EchoesMessagesWithTheirBoundaries(bool isTheirNetwork, string options)
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork, JsonNode.Parse(options));
        Fixed32 publicKey = await scene.Peer.ListenAsync("echo");

        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);
        JsonObject connection = await scene.Peer.NextAsync("connection");

        Assert.Equal(publicKey, stream.RemotePublicKey);
        Assert.Equal(scene.Node.DefaultKeyPair.PublicKey, stream.PublicKey);
        Assert.Equal(scene.Node.DefaultKeyPair.PublicKey.ToString(), (string)connection["remotePublicKey"]!);
        Assert.Equal(Convert.ToHexStringLower(stream.HandshakeHash.Span), (string)connection["handshakeHash"]!);
        Assert.True(stream.IsInitiator);
        foreach (int size in new[] { 1, 3, 1200, 70_000, 5 })
        {
            byte[] message = new byte[size];
            message.AsSpan().Fill((byte)size);
            await stream.WriteMessageAsync(message).AsTask().WaitAsync(Deadline);
            using PooledBuffer echo = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
            Assert.Equal(message, echo.Span.ToArray());
        }

        await stream.EndAsync().AsTask().WaitAsync(Deadline);
        Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
        await stream.Completion.WaitAsync(Deadline);
        await scene.Peer.NextAsync("close");
    }

    // where we are open and tell so, a server that is not calls us
    [Theory]
    [InlineData(true, "{}")]
    [InlineData(true, """{"quickFirewall": false}""")]
    [InlineData(false, """{"quickFirewall": false}""")]
    public async Task Connect_FromAnOpenNode_IsCalledByTheServer(bool isTheirNetwork, string options)
    {
        var ours = new DhtNodeOptions { Host = IPAddress.Loopback, Ephemeral = false, Firewalled = false };
        await using Scene scene = await Scene.StartAsync(isTheirNetwork, JsonNode.Parse(options), ours);
        Fixed32 publicKey = await scene.Peer.ListenAsync("echo");

        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);
        await stream.WriteMessageAsync("1"u8.ToArray()).AsTask().WaitAsync(Deadline);

        using PooledBuffer echo = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
        Assert.Equal("1"u8.ToArray(), echo.Span.ToArray());
    }

    [Fact]
    public async Task Connect_FromANodeOnAllAddresses_Works()
    {
        await using Scene scene = await Scene.StartAsync(
            isTheirNetwork: true, JsonNode.Parse("""{"host": "0.0.0.0"}"""), new DhtNodeOptions());
        Fixed32 publicKey = await scene.Peer.ListenAsync("greet");

        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);

        using PooledBuffer message = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
        Assert.Equal("hello"u8.ToArray(), message.Span.ToArray());
    }

    [Fact]
    public async Task Connect_Again_GoesThroughTheNodesKnownFromTheFirstTime()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("greet");

        for (int i = 0; i < 20; i++)
        {
            await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);
            using PooledBuffer message = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
            Assert.Equal("hello"u8.ToArray(), message.Span.ToArray());
        }
    }

    [Fact]
    public async Task TenMegabytes_BothWaysAtOnce_ArriveWholeAndInOrder()
    {
        const int MessageCount = 320;
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("echo");
        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);
        byte[] message = new byte[32 * 1024];
        new Random(1).NextBytes(message);

        Task writing = Task.Run(async () =>
        {
            byte[] sent = [.. message];
            for (int i = 0; i < MessageCount; i++)
            {
                sent[0] = (byte)i;
                await stream.WriteMessageAsync(sent);
            }

            await stream.EndAsync();
        });
        for (int i = 0; i < MessageCount; i++)
        {
            using PooledBuffer echo = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
            message[0] = (byte)i;
            Assert.True(message.AsSpan().SequenceEqual(echo.Span), $"message {i}");
        }

        Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
        await writing.WaitAsync(Deadline);
    }

    [Fact]
    public async Task End_LeavesTheOtherHalfOpen()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("late");
        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);

        await stream.WriteMessageAsync("question"u8.ToArray()).AsTask().WaitAsync(Deadline);
        await stream.EndAsync().AsTask().WaitAsync(Deadline);

        foreach (string expected in new[] { "late 1", "late 2" })
        {
            using PooledBuffer message = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
            Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(message.Span));
        }

        Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
        await stream.Completion.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Read_ServerSpeaksFirstAndEnds_ArrivesWithoutAWordOfOurs()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("greet");
        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);

        using PooledBuffer message = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;

        Assert.Equal("hello"u8.ToArray(), message.Span.ToArray());
        Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task Destroy_OnTheirSide_EndsOursWithAReason()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("destroy");
        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);
        await ProvokeAsync(stream);

        DhtException read = await Assert.ThrowsAsync<DhtException>(
            () => stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));

        Assert.Equal(DhtError.StreamReset, read.Error);
        DhtException end = await Assert.ThrowsAsync<DhtException>(() => stream.Completion.WaitAsync(Deadline));
        Assert.Equal(DhtError.StreamReset, end.Error);
    }

    [Fact]
    public async Task Destroy_OnTheirSide_IsSeenByWhoNeitherReadsNorWrites()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("destroy");
        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);

        await ProvokeAsync(stream);

        DhtException end = await Assert.ThrowsAsync<DhtException>(() => stream.Completion.WaitAsync(Deadline));
        Assert.Equal(DhtError.StreamReset, end.Error);
    }

    [Fact]
    public async Task Destroy_OnOurSide_ClosesTheirs()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("stall");
        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);
        await scene.Peer.NextAsync("connection");

        stream.Destroy();

        await scene.Peer.NextAsync("close");
        await stream.Completion.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Read_WeStall_StopsTheirWritingUntilWeGoOn()
    {
        const int MessageSize = 64 * 1024;
        const int MessageCount = 400;
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("flood");
        await using DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);

        JsonObject stalled = await scene.Peer.NextAsync("stalled");

        Assert.InRange((int)stalled["written"]!, 1, MessageCount / 2);
        for (int i = 0; i < MessageCount; i++)
        {
            using PooledBuffer message = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
            Assert.Equal(MessageSize, message.Length);
            Assert.Equal((byte)i, message.Span[0]);
        }

        Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_ToAnUnknownKey_IsPeerNotFound(bool isTheirNetwork)
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork);
        using KeyPair nobody = KeyPair.Generate();

        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => scene.Node.ConnectAsync(nobody.PublicKey).AsTask().WaitAsync(Deadline));

        Assert.Equal("PEER_NOT_FOUND: Peer not found", e.Message);
    }

    [Fact]
    public async Task Connect_AServerThatRefuses_IsPeerConnectionFailed()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("echo", new { refuse = true });

        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline));

        Assert.Equal("PEER_CONNECTION_FAILED: Could not connect to peer", e.Message);
    }

    [Fact]
    public async Task Connect_Cancelled_GivesUpAtOnce()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("echo", new { hang = true });
        using var stopping = new CancellationTokenSource();

        Task<DhtStream> dial = scene.Node.ConnectAsync(publicKey, null, stopping.Token).AsTask();
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Connect_NodeDisposedMeanwhile_IsNodeDestroyed()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("echo", new { hang = true });

        Task<DhtStream> dial = scene.Node.ConnectAsync(publicKey).AsTask();
        await scene.Node.DisposeAsync();

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => dial.WaitAsync(Deadline));
        Assert.Equal(DhtError.NodeDestroyed, e.Error);
    }

    [Fact]
    public async Task Dispose_OfOurNode_ClosesItsStreamsOnBothSides()
    {
        await using Scene scene = await Scene.StartAsync(isTheirNetwork: true);
        Fixed32 publicKey = await scene.Peer.ListenAsync("stall");
        DhtStream stream = await scene.Node.ConnectAsync(publicKey).AsTask().WaitAsync(Deadline);
        await scene.Peer.NextAsync("connection");

        await scene.Node.DisposeAsync();

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => stream.Completion.WaitAsync(Deadline));
        Assert.Equal(DhtError.NodeDestroyed, e.Error);
        await scene.Peer.NextAsync("close");
    }

    /// <summary>Has a server of the behaviour "destroy" do so, which the writing may come to know at once.</summary>
    private static async Task ProvokeAsync(DhtStream stream)
    {
        try
        {
            await stream.WriteMessageAsync("now"u8.ToArray()).AsTask().WaitAsync(Deadline);
        }
        catch (DhtException e) when (e.Error == DhtError.StreamReset)
        {
        }
    }
}
