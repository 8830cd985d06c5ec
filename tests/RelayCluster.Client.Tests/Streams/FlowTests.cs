using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Streams;

/// <summary>What a stream does when one side is slow, ends, or gives up.</summary>
public sealed class FlowTests
{
    private static readonly Fixed32 Key = Blake2b.Hash("somebody"u8);

    [Fact]
    public async Task AReaderThatStops_StopsTheRelayAndLosesNothing()
    {
        await using Scene scene = await Scene.StartAsync(new RelayedDhtOptions { BufferBytes = 100_000 });
        var payload = new byte[10_000];
        int sent = 0;
        long held = 0;
        Task sending = SendAllAsync();

        // the budget, what is in the transport, and what waits at the relay's channel
        await Deadlines.UntilAsync(() => Volatile.Read(ref sent) > 30, "the relay to send what there is room for");
        for (int i = 0; i < 500; i++)
        {
            Interlocked.Add(ref held, (await scene.Stream.ReadAsync())!.Length);
        }

        await sending.Within();
        Assert.Equal(500 * payload.Length, held);

        async Task SendAllAsync()
        {
            for (int i = 0; i < 500; i++)
            {
                // half a mebibyte would fit into channel, transport and budget
                Assert.True(i - (Volatile.Read(ref held) / payload.Length) < 100, "the client takes without end");
                await scene.Session.SendAsync(new DataMessage(1, PooledBuffer.CopyOf(payload)));
                Volatile.Write(ref sent, i + 1);
            }
        }
    }

    [Fact]
    public async Task AStreamThatIsGivenUp_GivesTheSessionItsRoomBack()
    {
        using var log = new LogWatch();
        await using Scene scene = await Scene.StartAsync(
            new RelayedDhtOptions { BufferBytes = 1000, LoggerFactory = log });
        await scene.Session.SendDataAsync(1, new byte[5000]);
        Task<RelayMessage> answer = scene.Session.ReadAsync();
        await scene.Session.SendAsync(new IncomingMessage(3, 99, Key, default));
        await log.SeeReadingPausedAsync();
        Assert.False(answer.IsCompleted);

        await scene.Stream.DisposeAsync();
        Assert.IsType<DestroyMessage>(await answer.Within());
        Assert.Equal(new DenyMessage(3), await scene.Session.ReadAsync());
    }

    [Fact]
    public async Task AWriter_WaitsUntilTheRelayReads()
    {
        await using Scene scene = await Scene.StartAsync();
        var payload = new byte[100_000];
        int written = 0;
        Task writing = WriteAllAsync();
        await Deadlines.UntilAsync(() => Volatile.Read(ref written) > 3, "the writer to write what there is room for");
        for (int i = 0; i < 100; i++)
        {
            using DataMessage data = await scene.Session.ReadAsync<DataMessage>();
        }

        await writing.Within();

        async Task WriteAllAsync()
        {
            for (int i = 0; i < 100; i++)
            {
                await scene.Stream.WriteMessageAsync(payload);
                Volatile.Write(ref written, i + 1);
            }
        }
    }

    [Fact]
    public async Task AWriterThatWaits_HearsThatTheStreamWasDestroyed()
    {
        await using Scene scene = await Scene.StartAsync();
        Task writing = WriteForeverAsync();
        scene.Stream.Destroy();
        DhtException failure = await Assert.ThrowsAsync<DhtException>(writing.Within);
        Assert.Equal(DhtError.StreamReset, failure.Error);

        async Task WriteForeverAsync()
        {
            while (true)
            {
                await scene.Stream.WriteMessageAsync(new byte[100_000]);
            }
        }
    }

    [Fact]
    public async Task Destroy_TellsTheRelayAndFailsTheReader()
    {
        await using Scene scene = await Scene.StartAsync();
        Task reading = scene.Stream.ReadMessageAsync().AsTask();
        scene.Stream.Destroy(new InvalidOperationException("enough"));
        Assert.Equal(
            new DestroyMessage(IsPaired: true, scene.Connect.Alias, "enough"), await scene.Session.ReadAsync());
        DhtException failure = await Assert.ThrowsAsync<DhtException>(reading.Within);
        Assert.Equal(DhtError.StreamReset, failure.Error);
        await Assert.ThrowsAsync<InvalidOperationException>(scene.Stream.Completion.Within);
        await Assert.ThrowsAsync<DhtException>(() => scene.Stream.EndAsync().Within());
    }

    [Theory]
    [InlineData("ETIMEDOUT: connection timed out", DhtError.StreamTimeout)]
    [InlineData("ECONNRESET: connection reset by peer", DhtError.StreamReset)]
    [InlineData("SOMETHING: else", DhtError.RelayedFailure)]
    [InlineData(null, DhtError.StreamReset)]
    public async Task TheRelayDestroys_ReadersHearWhyBehindTheData(string? error, DhtError expected)
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.Session.SendDataAsync(1, 1, 2, 3);
        await scene.Session.SendAsync(new DestroyMessage(IsPaired: true, 1, error));
        DhtException failure = await Assert.ThrowsAsync<DhtException>(scene.Stream.Completion.Within);
        Assert.Equal(expected, failure.Error);
        if (error is not null)
        {
            Assert.Equal(error, failure.Message);
        }

        Assert.Equal(new byte[] { 1, 2, 3 }, await scene.Stream.ReadAsync());
        await Assert.ThrowsAsync<DhtException>(scene.Stream.ReadAsync);
        await Assert.ThrowsAsync<DhtException>(() => scene.Stream.WriteMessageAsync(new byte[1]).Within());
    }

    [Fact]
    public async Task Messages_KeepTheirBoundaries_SeveralInOneToo()
    {
        await using Scene scene = await Scene.StartAsync();
        byte[] large = [.. Enumerable.Range(0, 100_000).Select(static i => (byte)i)];
        DataChunks chunks = DataChunks.CopyOf([new byte[] { 1 }, Array.Empty<byte>(), large]);
        await scene.Session.SendAsync(new DataMessage(1, chunks));
        await scene.Session.SendDataAsync(1, large);
        await scene.Session.SendAsync(new EndMessage(1));
        Assert.Equal(new byte[] { 1 }, await scene.Stream.ReadAsync());
        Assert.Equal(Array.Empty<byte>(), await scene.Stream.ReadAsync());
        Assert.Equal(large, await scene.Stream.ReadAsync());
        Assert.Equal(large, await scene.Stream.ReadAsync());
        Assert.Null(await scene.Stream.ReadAsync());
    }

    [Fact]
    public async Task Write_BehindTheOwnEnd_IsTheCallersMistake()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.Stream.EndAsync().Within();
        await scene.Stream.EndAsync().Within();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => scene.Stream.WriteMessageAsync(new byte[1]).Within());
        Assert.Equal(new EndMessage(scene.Connect.Alias), await scene.Session.ReadAsync());
    }

    [Fact]
    public async Task Connect_GivenUp_IsDestroyedAtTheRelay_AndALateOpenIsDropped()
    {
        await using Scene scene = await Scene.StartAsync();
        using var cancelling = new CancellationTokenSource();
        Task<DhtStream> connecting = scene.Node.ConnectAsync(Key, null, cancelling.Token).AsTask();
        ConnectMessage connect = await scene.Session.ReadAsync<ConnectMessage>();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(connecting.Within);
        DestroyMessage destroy = await scene.Session.ReadAsync<DestroyMessage>();
        Assert.Equal((true, connect.Alias), (destroy.IsPaired, destroy.Alias));
        await scene.Session.SendAsync(new OpenMessage(2, connect.Alias, new byte[64], 0));
        await scene.Session.SettleAsync();
        Assert.Equal(RelayedDhtState.Connected, scene.Node.State);
    }

    /// <summary>A client with one open stream, which the relay calls 1.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        public required ScriptedRelay Relay { get; init; }

        public required ScriptedSession Session { get; init; }

        public required RelayedDht Node { get; init; }

        public required ConnectMessage Connect { get; init; }

        public required DhtStream Stream { get; init; }

        public static async Task<Scene> StartAsync(RelayedDhtOptions? options = null)
        {
            (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await ScriptedRelay.StartAsync(options);
            Task<DhtStream> connecting = node.ConnectAsync(Key).AsTask();
            ConnectMessage connect = await session.OpenAsync(1);
            DhtStream stream = await connecting.Within();
            return new Scene { Relay = relay, Session = session, Node = node, Connect = connect, Stream = stream };
        }

        public async ValueTask DisposeAsync()
        {
            Session.Abort();
            await Stream.DisposeAsync();
            await Node.DisposeAsync();
            await Relay.DisposeAsync();
        }
    }
}
