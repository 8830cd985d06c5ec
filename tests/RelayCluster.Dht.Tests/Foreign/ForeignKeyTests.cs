using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Foreign;

/// <summary>A node that acts for keys which it does not have, among nodes that have theirs.</summary>
public sealed class ForeignKeyTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly Fixed32 Topic = Blake2b.Hash("a topic"u8);

    private readonly KeyPair _keyPair = KeyPair.Generate();
    private Testnet _testnet = null!;
    private DhtNode _node = null!;
    private DhtNode _other = null!;

    public async Task InitializeAsync()
    {
        _testnet = await Testnet.StartAsync(4).WaitAsync(Deadline);
        _node = await _testnet.CreateNodeAsync().WaitAsync(Deadline);
        _other = await _testnet.CreateNodeAsync().WaitAsync(Deadline);
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        await _node.DisposeAsync();
        await _testnet.DisposeAsync();
        _keyPair.Dispose();
    }

    [Fact]
    public async Task Connect_TheKeeperReadsWhatTheServerWrites()
    {
        await using IDhtServer server = await _other.ListenAsync().AsTask().WaitAsync(Deadline);
        using var keeper = new KeyKeeper(_keyPair, server.PublicKey);

        await using DhtStream raw = await _node.ConnectAsync(server.PublicKey, keeper).AsTask().WaitAsync(Deadline);
        await using SecretStream stream = Keepers(raw).Start(raw);
        await using DhtStream remote = await AcceptAsync(server);

        Assert.True(raw.IsInitiator);
        Assert.Equal(_keyPair.PublicKey, raw.PublicKey);
        Assert.Equal(server.PublicKey, raw.RemotePublicKey);
        Assert.Equal(_keyPair.PublicKey, remote.RemotePublicKey);
        Assert.True(raw.HandshakeHash.IsEmpty);
        Assert.Equal(remote.HandshakeHash.ToArray(), stream.HandshakeHash.ToArray());
        await TalkAsync(stream, remote);
        await raw.Completion.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Connect_OfRawBytes_ShowsNoPlaintext()
    {
        byte[] secret = "what nobody but the two of them may read"u8.ToArray();
        await using IDhtServer server = await _other.ListenAsync().AsTask().WaitAsync(Deadline);
        using var keeper = new KeyKeeper(_keyPair, server.PublicKey);
        await using DhtStream raw = await _node.ConnectAsync(server.PublicKey, keeper).AsTask().WaitAsync(Deadline);
        await raw.WriteMessageAsync(new byte[1]);
        await using DhtStream remote = await AcceptAsync(server);
        await remote.WriteMessageAsync(secret);
        await remote.EndAsync();

        byte[] passed = await ReadToEndAsync(raw);

        Assert.True(passed.Length > secret.Length, "header and message came");
        Assert.True(passed.AsSpan().IndexOf(secret.AsSpan(0, 8)) < 0);
    }

    [Fact]
    public async Task Listen_TheKeeperIsFoundAndReadsWhatTheClientWrites()
    {
        using var keeper = new KeyKeeper(_keyPair);
        await using IDhtServer server = await ListenAsync(keeper);

        await using DhtStream remote = await _other.ConnectAsync(_keyPair.PublicKey).AsTask().WaitAsync(Deadline);
        await using DhtStream raw = await AcceptAsync(server);

        Assert.False(raw.IsInitiator);
        Assert.Equal(_keyPair.PublicKey, raw.PublicKey);
        Assert.Equal(_other.DefaultKeyPair.PublicKey, raw.RemotePublicKey);
        Assert.Equal(_keyPair.PublicKey, remote.RemotePublicKey);
        await using SecretStream stream = Keepers(raw).Start(raw);
        Assert.Equal(remote.HandshakeHash.ToArray(), stream.HandshakeHash.ToArray());
        await TalkAsync(stream, remote);
        await raw.Completion.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Connect_ToAKeeperOnTheSameNode_Works()
    {
        using KeyPair clientKey = KeyPair.Generate();
        using var keeper = new KeyKeeper(_keyPair);
        using var client = new KeyKeeper(clientKey, _keyPair.PublicKey);
        await using IDhtServer server = await ListenAsync(keeper);

        await using DhtStream near = await _node.ConnectAsync(_keyPair.PublicKey, client).AsTask().WaitAsync(Deadline);
        await using SecretStream ours = Keepers(near).Start(near);
        await using DhtStream far = await AcceptAsync(server);

        await using SecretStream theirs = Keepers(far).Start(far);
        await ours.WriteMessageAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(theirs.ReadMessageAsync()));
    }

    [Fact]
    public async Task Close_IsUnannouncedWithTheKeepersSignatures()
    {
        using var keeper = new KeyKeeper(_keyPair);
        IDhtServer server = await ListenAsync(keeper);
        Assert.Equal(3, keeper.Announces.Count);

        await server.CloseAsync().AsTask().WaitAsync(Deadline);

        Assert.Equal(3, keeper.Announces.Count(static announce => announce.IsWithdrawal));
        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => _other.ConnectAsync(_keyPair.PublicKey).AsTask().WaitAsync(Deadline));
        Assert.Equal(DhtError.PeerNotFound, e.Error);
    }

    [Fact]
    public async Task Listen_Cancelled_DoesNotWaitLongForWithdrawalsToBeSigned()
    {
        using var cancelling = new CancellationTokenSource();
        int announces = 0;
        using var keeper = new KeyKeeper(_keyPair)
        {
            BeforeSigning = (announce, cancellationToken) =>
                announce.IsWithdrawal || Interlocked.Increment(ref announces) == 2
                    ? Task.Delay(Timeout.Infinite, cancellationToken)
                    : Task.CompletedTask,
        };
        Task listening = _node.ListenAsync(keeper, keeper, null, cancelling.Token).AsTask();
        await using DhtStream stream = await ConnectWhenFoundAsync();

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening.WaitAsync(Deadline));
        Assert.Contains(keeper.Announces, static announce => announce.IsWithdrawal);
    }

    [Fact]
    public async Task Listen_TheKeeperLetsNobodyIn_ClientsGetNoAnswer()
    {
        using var keeper = new KeyKeeper(_keyPair) { ReadFailure = new ProtocolException("not you") };
        await using IDhtServer server = await ListenAsync(keeper);

        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => _other.ConnectAsync(_keyPair.PublicKey).AsTask().WaitAsync(Deadline));

        Assert.Equal("PEER_CONNECTION_FAILED: Could not connect to peer", e.Message);
        Assert.Equal(1, keeper.Reads);
    }

    [Fact]
    public async Task Connect_WithAMessageThatCannotCarryThePayload_SendsNothing()
    {
        await using IDhtServer server = await _other.ListenAsync().AsTask().WaitAsync(Deadline);
        using var keeper = new KeyKeeper(_keyPair, server.PublicKey)
        {
            Spoil = static message => [.. message, .. new byte[100_000]],
        };

        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => _node.ConnectAsync(server.PublicKey, keeper).AsTask().WaitAsync(Deadline));

        Assert.Equal(DhtError.PeerConnectionFailed, e.Error);
    }

    [Fact]
    public async Task Announce_IsFoundUntilTheKeeperTakesItBack()
    {
        using var keeper = new KeyKeeper(_keyPair);
        await DrainAsync(_node.AnnounceAsync(Topic, keeper));
        Assert.Equal([_keyPair.PublicKey], await FindAsync());

        await DrainAsync(_node.UnannounceAsync(Topic, keeper));

        Assert.Empty(await FindAsync());
        Assert.All(keeper.Announces, announce => Assert.Equal(Topic, announce.Target));
    }

    [Fact]
    public async Task Announce_SignedForNoNode_Fails()
    {
        using var keeper = new KeyKeeper(_keyPair) { Signs = static _ => false };

        await Assert.ThrowsAsync<DhtException>(
            () => DrainAsync(_node.AnnounceAsync(Topic, keeper)).WaitAsync(Deadline));

        Assert.Empty(await FindAsync());
    }

    [Fact]
    public async Task Listen_OnAKeyThatIsListenedOn_Fails()
    {
        using var keeper = new KeyKeeper(_keyPair);
        await using IDhtServer server = await ListenAsync(keeper);

        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => _node.ListenAsync(_keyPair).AsTask().WaitAsync(Deadline));

        Assert.Equal(DhtError.KeyPairAlreadyUsed, e.Error);
    }

    [Fact]
    public async Task Listen_WithTheSignerOfAnotherKey_IsRefused()
    {
        using var keeper = new KeyKeeper(_keyPair);
        using var other = new KeyKeeper(_other.DefaultKeyPair);

        await Assert.ThrowsAsync<ArgumentException>(() => _node.ListenAsync(keeper, other).AsTask());
    }

    private static KeptHandshake Keepers(DhtStream raw) => (KeptHandshake)((IForeignStream)raw).Handshake;

    /// <summary>Connects to the keeper's server as soon as the first node relays to it.</summary>
    private async Task<DhtStream> ConnectWhenFoundAsync()
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (true)
        {
            try
            {
                return await _other.ConnectAsync(_keyPair.PublicKey, null, limit.Token);
            }
            catch (DhtException e) when (e.Error == DhtError.PeerNotFound)
            {
                // not yet
            }
        }
    }

    private static async Task TalkAsync(SecretStream ours, DhtStream remote)
    {
        byte[] large = new byte[1_000_000];
        Random.Shared.NextBytes(large);
        await remote.WriteMessageAsync("hello"u8.ToArray());
        Task write = ours.WriteMessageAsync(large).AsTask();
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(ours.ReadMessageAsync()));
        Assert.Equal(large, await ReadAsync(remote.ReadMessageAsync()));
        await write.WaitAsync(Deadline);
        await ours.EndAsync();
        Assert.Null(await remote.ReadMessageAsync().AsTask().WaitAsync(Deadline));
        await remote.EndAsync();
        Assert.Null(await ours.ReadMessageAsync().AsTask().WaitAsync(Deadline));
    }

    private static async Task<byte[]> ReadAsync(ValueTask<PooledBuffer?> reading)
    {
        using PooledBuffer message = (await reading.AsTask().WaitAsync(Deadline))!.Value;
        return message.Memory.ToArray();
    }

    private static async Task<byte[]> ReadToEndAsync(DhtStream stream)
    {
        List<byte> bytes = [];
        while (await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline) is { } chunk)
        {
            using (chunk)
            {
                bytes.AddRange(chunk.Span);
            }
        }

        return [.. bytes];
    }

    private static async Task<DhtStream> AcceptAsync(IDhtServer server) =>
        (await server.AcceptAsync().AsTask().WaitAsync(Deadline))!;

    private static async Task<List<LookupReply>> DrainAsync(IAsyncEnumerable<LookupReply> replies)
    {
        List<LookupReply> all = [];
        await foreach (LookupReply reply in replies)
        {
            all.Add(reply);
        }

        return all;
    }

    private async Task<List<Fixed32>> FindAsync() =>
    [
        .. (await DrainAsync(_other.LookupAsync(Topic)).WaitAsync(Deadline))
            .SelectMany(static reply => reply.Peers)
            .Select(static peer => peer.PublicKey)
            .Distinct(),
    ];

    private Task<IDhtServer> ListenAsync(KeyKeeper keeper) =>
        _node.ListenAsync(keeper, keeper).AsTask().WaitAsync(Deadline);
}
