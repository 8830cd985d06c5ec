using System.Collections.Concurrent;
using System.Threading.Channels;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Links;
using RelayCluster.Relay.Tests.Lookups;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>A DHT in which the test says who is there and what the nodes answer.</summary>
internal class FakeNode : IDhtNode, ILinkNode
{
    private readonly ConcurrentDictionary<Fixed32, Func<CancellationToken, Task<DhtStream>>> _servers = new();
    private readonly ConcurrentDictionary<Fixed32, Channel<LookupReply>> _topics = new();
    private readonly Lock _lock = new();
    private int _dials;
    private int _dialsAtOnce;
    private int _queries;

    public KeyPair DefaultKeyPair { get; } = new(default, new byte[KeyPair.SecretKeySize]);

    /// <summary>The key pairs that the relay connected, announced and unannounced with.</summary>
    public ConcurrentQueue<KeyPair> KeyPairs { get; } = new();

    /// <summary>What was asked for, in order: <c>lookup</c>, <c>announce</c>, <c>unannounce</c>.</summary>
    public ConcurrentQueue<string> Questions { get; } = new();

    /// <summary>How many dials are under way, and how many there were at once.</summary>
    public int Dials => Volatile.Read(ref _dials);

    public int MostDialsAtOnce => Volatile.Read(ref _dialsAtOnce);

    /// <summary>The servers that the relay has started, in their order.</summary>
    public ConcurrentQueue<FakeServer> Servers { get; } = new();

    /// <summary>What a listen waits for; null: it is done at once.</summary>
    public Task? Announcing { get; set; }

    /// <summary>What comes of a link; null: it is of no use.</summary>
    public Func<DhtLink, CancellationToken, Task<DhtStream?>> OverLink { get; set; } =
        static (_, _) => Task.FromResult<DhtStream?>(null);

    public int Queries => Volatile.Read(ref _queries);

    public static Fixed32 Key(int number) => FakeQuery.Key(number);

    public FakePeer AddPeer(int number)
    {
        var peer = new FakePeer(Key(number));
        AddServer(number, _ => Task.FromResult<DhtStream>(peer));
        return peer;
    }

    public void AddServer(int number, Func<CancellationToken, Task<DhtStream>> connect) =>
        _servers[Key(number)] = connect;

    /// <summary>A server whose dial takes until it is given up.</summary>
    public void AddSilentServer(int number) => AddServer(number, static async token =>
    {
        await Task.Delay(Timeout.Infinite, token);
        throw new InvalidOperationException("unreachable");
    });

    /// <summary>A topic whose replies the test writes; completing the writer finishes the query.</summary>
    public ChannelWriter<LookupReply> AddTopic(int number) =>
        _topics.GetOrAdd(Key(number), static _ => Channel.CreateUnbounded<LookupReply>()).Writer;

    public async ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        KeyPairs.Enqueue(options!.KeyPair!);
        return await DialAsync(remotePublicKey, cancellationToken);
    }

    public async ValueTask<DhtStream?> ConnectAsync(
        DhtLink link,
        Fixed32 remotePublicKey,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        KeyPairs.Enqueue(options!.KeyPair!);
        return await OverLink(link, cancellationToken);
    }

    public async ValueTask<DhtStream?> ConnectAsync(
        DhtLink link,
        Fixed32 remotePublicKey,
        IForeignIdentity identity,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        IForeignHandshake handshake = identity.BeginHandshake();
        await handshake.WriteAsync(new byte[] { 1 }, cancellationToken);
        return await OverLink(link, cancellationToken) is null ? null : new FakeRawPeer(remotePublicKey, handshake);
    }

    protected async Task<DhtStream> DialAsync(Fixed32 remotePublicKey, CancellationToken cancellationToken)
    {
        int dials = Interlocked.Increment(ref _dials);
        _dialsAtOnce = Math.Max(_dialsAtOnce, dials);
        try
        {
            return _servers.TryGetValue(remotePublicKey, out Func<CancellationToken, Task<DhtStream>>? connect)
                ? await connect(cancellationToken)
                : throw new DhtException(DhtError.PeerNotFound);
        }
        finally
        {
            Interlocked.Decrement(ref _dials);
        }
    }

    public ValueTask<IDhtServer> ListenAsync(
        KeyPair? keyPair = null,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        KeyPairs.Enqueue(keyPair!);
        return ListenAsync(new FakeServer(keyPair!, options!), cancellationToken);
    }

    public IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default) =>
        QueryAsync("lookup", topic, null, cancellationToken);

    public IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default) => QueryAsync("announce", topic, keyPair, cancellationToken);

    public IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        CancellationToken cancellationToken = default) => QueryAsync("unannounce", topic, keyPair, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected async ValueTask<IDhtServer> ListenAsync(FakeServer server, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Servers.Any(other => !other.IsClosed && other.PublicKey == server.PublicKey))
            {
                throw new DhtException(DhtError.KeyPairAlreadyUsed);
            }

            Servers.Enqueue(server);
        }

        try
        {
            await (Announcing ?? Task.CompletedTask).WaitAsync(cancellationToken);
            return server;
        }
        catch (OperationCanceledException)
        {
            await server.CloseAsync(CancellationToken.None);
            throw;
        }
    }

    protected async IAsyncEnumerable<LookupReply> QueryAsync(
        string question,
        Fixed32 topic,
        KeyPair? keyPair,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Questions.Enqueue(question);
        if (keyPair is not null)
        {
            KeyPairs.Enqueue(keyPair);
        }

        if (!_topics.TryGetValue(topic, out Channel<LookupReply>? replies))
        {
            yield break;
        }

        Interlocked.Increment(ref _queries);
        try
        {
            await foreach (LookupReply reply in replies.Reader.ReadAllAsync(cancellationToken))
            {
                yield return reply;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _queries);
        }
    }
}
