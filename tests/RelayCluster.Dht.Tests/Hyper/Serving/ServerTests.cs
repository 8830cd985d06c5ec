using System.Net;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Tests.Interop;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

/// <summary>Servers and clients of ours among themselves, on real sockets.</summary>
public sealed class ServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private Testnet _testnet = null!;
    private DhtNode _node = null!;
    private DhtNode _client = null!;

    public async Task InitializeAsync()
    {
        _testnet = await Testnet.StartAsync(4).WaitAsync(Deadline);
        _node = await _testnet.CreateNodeAsync().WaitAsync(Deadline);
        _client = await _testnet.CreateNodeAsync().WaitAsync(Deadline);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _node.DisposeAsync();
        await _testnet.DisposeAsync();
    }

    [Fact]
    public async Task Connect_BothSidesAgree()
    {
        await using IDhtServer server = await ListenAsync();

        await using DhtStream ours = await ConnectAsync(server);
        await using DhtStream theirs = await AcceptAsync(server);

        Assert.Equal(_client.DefaultKeyPair.PublicKey, theirs.RemotePublicKey);
        Assert.Equal(server.PublicKey, ours.RemotePublicKey);
        Assert.Equal(ours.HandshakeHash.ToArray(), theirs.HandshakeHash.ToArray());
        Assert.False(theirs.IsInitiator);
        await theirs.WriteMessageAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(ours));
        Assert.Equal(_node.EndPoint, server.Address.EndPoint);
        Assert.Equal(server.PublicKey, server.Address.PublicKey);
    }

    [Fact]
    public async Task Connect_ManyAtOnce_EachGetsItsEcho()
    {
        await using IDhtServer server = await ListenAsync();
        Task echo = Echo.RunAsync(server);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await using DhtStream stream = await ConnectAsync(server);
            await stream.WriteMessageAsync(BitConverter.GetBytes(i));
            Assert.Equal(BitConverter.GetBytes(i), await ReadAsync(stream));
            await stream.EndAsync();
            Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
            await stream.Completion.WaitAsync(Deadline);
        }));

        await server.CloseAsync();
        await echo.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Connect_FromTheServersOwnNode_Works()
    {
        await using IDhtServer server = await ListenAsync();

        await using DhtStream ours = await _node.ConnectAsync(server.PublicKey).AsTask().WaitAsync(Deadline);
        await using DhtStream theirs = await AcceptAsync(server);
        await ours.WriteMessageAsync(new byte[] { 1 });

        Assert.Equal([1], await ReadAsync(theirs));
    }

    [Fact]
    public async Task Connect_ToAServerOnAMember_AndFromOne_Works()
    {
        await using IDhtServer server = await _testnet.Nodes[1].ListenAsync().AsTask().WaitAsync(Deadline);

        foreach (DhtNode client in new[] { _client, _testnet.Nodes[2], _testnet.Nodes[1] })
        {
            await using DhtStream ours = await client.ConnectAsync(server.PublicKey).AsTask().WaitAsync(Deadline);
            await using DhtStream theirs = await AcceptAsync(server);
            await ours.WriteMessageAsync(new byte[] { 1 });
            Assert.Equal([1], await ReadAsync(theirs));
        }
    }

    [Fact]
    public async Task Admit_SeesWhoComesAndWhatItSays()
    {
        DhtClient? seen = null;
        await using IDhtServer server = await ListenAsync(async (client, cancellationToken) =>
        {
            await Task.Yield();
            seen = client;
            return true;
        });

        await using DhtStream stream = await ConnectAsync(server);

        Assert.Equal(_client.DefaultKeyPair.PublicKey, seen!.PublicKey);
        Assert.Equal(_client.EndPoint, seen.Address);
        NoisePayload payload = NoisePayload.Decode(seen.NoisePayload.Span);
        Assert.NotNull(payload.Udx);
        Assert.Equal(payload.Encode(), seen.NoisePayload.ToArray());
    }

    [Theory]
    [InlineData("denies")]
    [InlineData("throws")]
    [InlineData("never answers")]
    public async Task Admit_ThatDoesNotSayYes_KeepsTheClientOut(string how)
    {
        bool wasCancelled = false;
        int questions = 0;
        await using IDhtServer server = await ListenAsync(async (_, cancellationToken) =>
        {
            Interlocked.Increment(ref questions);
            if (how == "throws")
            {
                throw new InvalidOperationException("no");
            }

            if (how == "never answers")
            {
                var never = new TaskCompletionSource<bool>();
                using CancellationTokenRegistration told = cancellationToken.Register(() => wasCancelled = true);
                return await never.Task;
            }

            return false;
        });

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => ConnectAsync(server));

        Assert.Equal(DhtError.PeerConnectionFailed, e.Error);
        Assert.Equal(1, questions);
        Assert.Equal(how == "never answers", wasCancelled);
    }

    [Fact]
    public async Task Close_MakesItUnfindable_AndLeavesWhatWasTaken()
    {
        IDhtServer server = await ListenAsync();
        await using DhtStream ours = await ConnectAsync(server);
        await using DhtStream theirs = await AcceptAsync(server);
        await using DhtStream untaken = await ConnectAsync(server);
        ValueTask<DhtStream?> second = server.AcceptAsync();
        await using DhtStream taken = (await second.AsTask().WaitAsync(Deadline))!;

        await server.CloseAsync().AsTask().WaitAsync(Deadline);
        await server.CloseAsync();

        Assert.Null(await server.AcceptAsync());
        await using DhtNode other = await _testnet.CreateNodeAsync();
        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => other.ConnectAsync(server.PublicKey).AsTask().WaitAsync(Deadline));
        Assert.Equal(DhtError.PeerNotFound, e.Error);
        await ours.WriteMessageAsync(new byte[] { 1 });
        Assert.Equal([1], await ReadAsync(theirs));
    }

    [Fact]
    public async Task Close_DestroysWhatNobodyTook_AndEndsAccept()
    {
        IDhtServer server = await ListenAsync();
        await using DhtStream untaken = await ConnectAsync(server);
        await untaken.WriteMessageAsync(new byte[] { 1 });
        using KeyPair other = KeyPair.Generate();
        await using IDhtServer waiting = await _node.ListenAsync(other).AsTask().WaitAsync(Deadline);
        Task<DhtStream?> accept = waiting.AcceptAsync().AsTask();

        await server.CloseAsync();
        await waiting.CloseAsync();

        Assert.Null(await accept.WaitAsync(Deadline));
        await Assert.ThrowsAsync<DhtException>(() => untaken.Completion.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Listen_OnAKeyPairInUse_SaysSo_UntilItIsClosed()
    {
        IDhtServer server = await ListenAsync();

        DhtException e = await Assert.ThrowsAsync<DhtException>(ListenAsync);
        Assert.Equal("KEYPAIR_ALREADY_USED: Keypair already used", e.Message);
        await using (DhtStream stream = await ConnectAsync(server))
        {
            Assert.Equal(server.PublicKey, stream.RemotePublicKey);
        }

        await server.CloseAsync();
        await using IDhtServer again = await ListenAsync();
        await using DhtStream anew = await ConnectAsync(again);
    }

    [Fact]
    public async Task Backlog_Full_NewClientsAreNotAnsweredUntilThereIsRoom()
    {
        await using IDhtServer server = await ListenAsync(new DhtServerOptions { Backlog = 1 });
        await using DhtStream first = await ConnectAsync(server);
        await first.WriteMessageAsync(new byte[] { 1 });
        await using DhtNode patient = await _testnet.CreateNodeAsync();

        Task<DhtStream> second = patient.ConnectAsync(server.PublicKey).AsTask();
        await using DhtStream taken = await AcceptAsync(server);
        await using DhtStream late = await second.WaitAsync(Deadline);
        await late.WriteMessageAsync(new byte[] { 2 });

        await using DhtStream next = await AcceptAsync(server);
        Assert.Equal([2], await ReadAsync(next));
    }

    [Fact]
    public async Task Buffers_EachSideTakesAShareForAConnection_AndGivesItBackAtItsEnd()
    {
        var budget = new CountingBudget();
        await using IDhtServer server = await ListenAsync(new DhtServerOptions { Buffers = budget });
        var options = new DhtConnectOptions { Buffers = budget };

        DhtStream ours = await _client.ConnectAsync(server.PublicKey, options).AsTask().WaitAsync(Deadline);
        DhtStream theirs = await AcceptAsync(server);
        Assert.Equal(2, budget.Taken);

        await ours.DisposeAsync();
        await theirs.DisposeAsync();
        await budget.WhenAllGivenBack.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Buffers_WhoIsNotLetIn_TakesNoShare_AndADialThatFailsGivesItsOwnBack()
    {
        var budget = new CountingBudget();
        await using IDhtServer server = await ListenAsync(new DhtServerOptions
        {
            Buffers = budget,
            Admit = (_, _) => ValueTask.FromResult(false),
        });

        await Assert.ThrowsAsync<DhtException>(() => _client
            .ConnectAsync(server.PublicKey, new DhtConnectOptions { Buffers = budget }).AsTask().WaitAsync(Deadline));

        Assert.Equal(0, budget.Taken);
        Assert.Equal(1, budget.MostTaken);
    }

    [Fact]
    public async Task Dispose_OfTheNode_ClosesItsServers()
    {
        IDhtServer server = await ListenAsync();
        Task<DhtStream?> accept = server.AcceptAsync().AsTask();

        await _node.DisposeAsync().AsTask().WaitAsync(Deadline);

        Assert.Null(await accept.WaitAsync(Deadline));
        DhtException e = await Assert.ThrowsAsync<DhtException>(() => ConnectAsync(server));
        Assert.Equal(DhtError.PeerNotFound, e.Error);
        e = await Assert.ThrowsAsync<DhtException>(ListenAsync);
        Assert.Equal(DhtError.NodeDestroyed, e.Error);
    }

    [Fact]
    public async Task Listen_WhereNobodyIs_StillListens()
    {
        var options = new DhtNodeOptions { Bootstrap = [], Host = IPAddress.Loopback };
        await using DhtNode alone = await DhtNode.StartAsync(options);

        await using IDhtServer server = await alone.ListenAsync().AsTask().WaitAsync(Deadline);

        Assert.Null(server.Address.EndPoint);
    }

    [Fact]
    public async Task Listen_Cancelled_GivesUp()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _node.ListenAsync(null, null, cancelled.Token).AsTask().WaitAsync(Deadline));

        await using IDhtServer server = await ListenAsync();
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public async Task Listen_WithOptionsOutOfRange_Throws(int backlog, int pending, int seconds)
    {
        var options = new DhtServerOptions
        {
            Backlog = backlog,
            MaxPendingHandshakes = pending,
            AdmitTimeout = TimeSpan.FromSeconds(seconds),
        };

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ListenAsync(options));
    }

    private Task<IDhtServer> ListenAsync() => ListenAsync(options: null);

    private Task<IDhtServer> ListenAsync(Func<DhtClient, CancellationToken, ValueTask<bool>> admit) =>
        ListenAsync(new DhtServerOptions { Admit = admit, AdmitTimeout = TimeSpan.FromSeconds(1) });

    private Task<IDhtServer> ListenAsync(DhtServerOptions? options) =>
        _node.ListenAsync(null, options).AsTask().WaitAsync(Deadline);

    private Task<DhtStream> ConnectAsync(IDhtServer server) =>
        _client.ConnectAsync(server.PublicKey).AsTask().WaitAsync(Deadline);

    private static async Task<DhtStream> AcceptAsync(IDhtServer server) =>
        (await server.AcceptAsync().AsTask().WaitAsync(Deadline))!;

    private static async Task<byte[]> ReadAsync(DhtStream stream)
    {
        using PooledBuffer message = (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline))!.Value;
        return message.Span.ToArray();
    }
}
