using RelayCluster.Actors.TestKit;
using RelayCluster.Crypto;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>A client that says exactly what the test says, and reads only when the test expects something.</summary>
internal sealed class TestClient
{
    private readonly ActorTestKit _kit;
    private readonly RelayChannel _channel;
    private Task<RelayMessage?>? _reading;

    public TestClient(ActorTestKit kit, MemoryTransport transport, MemoryTransport relaysTransport, Task session, RelayDialect dialect)
    {
        _kit = kit;
        Transport = transport;
        RelaysTransport = relaysTransport;
        Session = session;
        _channel = RelayChannel.Open(transport, new RelayChannelOptions { Dialect = dialect });
    }

    public MemoryTransport Transport { get; }

    public MemoryTransport RelaysTransport { get; }

    /// <summary>The relay's side of the session.</summary>
    public Task Session { get; }

    public static KeyPair CreateKeyPair(byte fill = 7) =>
        KeyPair.FromSeed(Enumerable.Repeat(fill, KeyPair.SeedSize).ToArray());

    /// <summary>What a client that listens answers, if it has the key.</summary>
    public static SignatureMessage SignListen(SignAnnounceMessage sign, KeyPair keyPair) => new(
        sign.Id,
        new AnnounceToSign(
            IsWithdrawal: false,
            Blake2b.Hash(keyPair.PublicKey.Span),
            sign.Token,
            sign.PeerId!.Value,
            keyPair.PublicKey,
            []).Sign(keyPair));

    public void Say(RelayMessage message) => _kit.RunUntilCompleted(_channel.SendAsync(message).AsTask());

    /// <summary>As <see cref="Say"/>, but the caller waits for room, or not.</summary>
    public Task SayAsync(RelayMessage message) => _channel.SendAsync(message).AsTask();

    public void Handshake()
    {
        using KeyPair keyPair = CreateKeyPair();
        Say(new HandshakeMessage(keyPair.PublicKey, keyPair));
    }

    public void Connect(uint alias, int peer)
    {
        using KeyPair keyPair = CreateKeyPair();
        Say(new ConnectMessage(alias, keyPair.PublicKey, keyPair, FakeNode.Key(peer)));
    }

    /// <summary>Connects and gives the relay's alias.</summary>
    public uint ConnectAndOpen(uint alias, int peer)
    {
        Connect(alias, peer);
        OpenMessage open = Expect<OpenMessage>();
        Assert.Equal(alias, open.RemoteAlias);
        return open.Alias;
    }

    public void Listen(uint alias, byte key = 7)
    {
        using KeyPair keyPair = CreateKeyPair(key);
        Say(new ListenMessage(alias, keyPair.PublicKey, keyPair));
    }

    /// <summary>Listens and gives the relay's alias.</summary>
    public uint ListenAndHear(uint alias, byte key = 7)
    {
        Listen(alias, key);
        ListeningMessage listening = Expect<ListeningMessage>();
        Assert.Equal(alias, listening.RemoteAlias);
        Assert.Equal(FakeServer.EndPoint, listening.EndPoint);
        return listening.Alias;
    }

    /// <summary>Takes the next connection to a server under an alias, and gives the relay's.</summary>
    public uint TakeConnection(uint alias, uint serverAlias)
    {
        ConnectionMessage connection = Expect<ConnectionMessage>();
        Assert.Equal(serverAlias, connection.ServerAlias);
        Say(new ConnectedMessage(alias, connection.Alias));
        return connection.Alias;
    }

    public void SayData(uint alias, params byte[][] chunks) => Say(new DataMessage(
        alias,
        DataChunks.CopyOf([.. chunks.Select(static chunk => new ReadOnlyMemory<byte>(chunk))])));

    /// <summary>The next message, pings left out unless one is expected.</summary>
    public T Expect<T>()
        where T : RelayMessage
    {
        RelayMessage? message = Next(skipPings: typeof(T) != typeof(PingMessage) && typeof(T) != typeof(RelayMessage));
        return message as T
            ?? throw new ExpectationException($"The client expected a {typeof(T).Name}, not {message?.ToString() ?? "the end"}");
    }

    /// <summary>The next message is data of a stream; its bytes, chunk by chunk.</summary>
    public List<byte[]> ExpectData(uint alias)
    {
        using DataMessage data = Expect<DataMessage>();
        Assert.Equal(alias, data.Alias);
        var chunks = new List<byte[]>();
        foreach (ReadOnlyMemory<byte> chunk in data.Chunks)
        {
            chunks.Add(chunk.ToArray());
        }

        return chunks;
    }

    /// <summary>All that was said before has had its effect when the relay has answered this.</summary>
    public void Synchronize()
    {
        bool hasAnswered = true;
        while (hasAnswered)
        {
            // A ping of the relay that is read here is answered, and the answer has to arrive, too.
            hasAnswered = false;
            Say(PingMessage.Instance);
            while (Next(skipPings: false) is { } message && message is not PongMessage)
            {
                hasAnswered |= message is PingMessage;
                if (message is not PingMessage)
                {
                    Unexpected.Enqueue(message);
                }
            }
        }
    }

    /// <summary>What came while the client waited for a pong.</summary>
    public Queue<RelayMessage> Unexpected { get; } = new();

    /// <summary>The relay closes the session.</summary>
    public void ExpectEnd()
    {
        _kit.RunUntilCompleted(Session);
        try
        {
            while (Next(skipPings: true) is not null)
            {
            }
        }
        catch (IOException)
        {
            // Cut instead of closed.
        }
    }

    public void ExpectNothing()
    {
        _reading ??= _channel.ReadAsync().AsTask();
        _kit.RunUntilIdle();
        Assert.False(_reading.IsCompleted && _reading.Result is not PingMessage);
    }

    public async ValueTask CloseAsync() => await _channel.CloseAsync();

    public void Cut() => Transport.Abort();

    private RelayMessage? Next(bool skipPings)
    {
        while (true)
        {
            Task<RelayMessage?> reading = _reading ?? _channel.ReadAsync().AsTask();
            _reading = reading;
            RelayMessage? message = _kit.RunUntilCompleted(reading);
            _reading = null;
            if (message is not PingMessage || !skipPings)
            {
                return message;
            }
        }
    }
}
