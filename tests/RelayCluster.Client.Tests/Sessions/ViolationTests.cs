using System.Net;
using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Sessions;

/// <summary>What a relay cannot say ends the session with an error of its own, and nothing else.</summary>
public sealed class ViolationTests
{
    private static readonly Fixed32 Key = Blake2b.Hash("somebody"u8);

    public static TheoryData<string> WhatARelayDoesNotSay => [.. Impossible.Keys];

    private static Dictionary<string, RelayMessage> Impossible { get; } = new()
    {
        ["a client's handshake"] = new HandshakeMessage(Key, null),
        ["a client's connect"] = new ConnectMessage(9, Key, null, Key),
        ["a client's listen"] = new ListenMessage(9, Key, null),
        ["a client's close"] = new CloseMessage(9),
        ["a client's connected"] = new ConnectedMessage(9, 9),
        ["a client's accept"] = new AcceptMessage(9),
        ["a client's lookup"] = new LookupMessage(9, Key),
        ["a client's signature"] = new SignatureMessage(9, new byte[64]),
        ["a question to a noncustodial client: noiseSend"] = new NoiseSendMessage(9, 1, new byte[9]),
        ["a question to a noncustodial client: noiseReceive"] = new NoiseReceiveMessage(9, 1, new byte[9]),
        ["a question to a noncustodial client: signAnnounce"] = new SignAnnounceMessage(9, 1, Key, Key, []),
        ["a question to a noncustodial client: signUnannounce"] = new SignUnannounceMessage(9, 1, Key, Key, []),
        ["an alias in use: open"] = new OpenMessage(Alias: 7, RemoteAlias: DialledAlias, new byte[64], 0),
        ["an alias in use: connection"] = new ConnectionMessage(7, ServerAlias: 8, Key, new byte[64], 0),
        ["a noncustodial open"] = new OpenMessage(Alias: 9, RemoteAlias: DialledAlias, default, 1),
        ["a noncustodial connection"] = new ConnectionMessage(9, ServerAlias: 8, Key, default, 1),
        ["a result that is none"] = new ResultMessage(QueryId, new byte[5]),
    };

    // the numbers that the client gives in this order
    private const uint DialledAlias = 2;
    private const uint QueryId = 4;

    [Theory]
    [MemberData(nameof(WhatARelayDoesNotSay))]
    public async Task Session_EndsWithATypedError(string what)
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await ScriptedRelay.StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        Task<DhtStream> connecting = node.ConnectAsync(Key).AsTask();
        await session.OpenAsync(7);
        await using DhtStream stream = await connecting.Within();
        Task<DhtStream> dialling = node.ConnectAsync(Key).AsTask();
        Assert.Equal(DialledAlias, (await session.ReadAsync<ConnectMessage>()).Alias);
        Task<IDhtServer> listening = node.ListenAsync().AsTask();
        await session.ListenAsync(8);
        await using IDhtServer server = await listening.Within();
        await using IAsyncEnumerator<LookupReply> query = node.LookupAsync(Key).GetAsyncEnumerator();
        Task<bool> looking = query.MoveNextAsync().AsTask();
        Assert.Equal(QueryId, (await session.ReadAsync<LookupMessage>()).Id);

        await session.SendAsync(Impossible[what]);

        foreach (Task underWay in (Task[])[dialling, looking, stream.Completion])
        {
            DhtException failure = await Assert.ThrowsAsync<DhtException>(underWay.Within);
            Assert.Equal(DhtError.ProtocolViolation, failure.Error);
        }

        await session.AssertClosedAsync();
        Assert.Equal(RelayedDhtState.Lost, node.State);
    }

    [Fact]
    public async Task WhatRacedWithTheEndOfSomething_IsDropped()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await ScriptedRelay.StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        await session.SendAsync(new OpenMessage(1, 1000, new byte[64], 0));
        await session.SendDataAsync(1000, 1, 2, 3);
        await session.SendAsync(new EndMessage(1000));
        await session.SendAsync(new DestroyMessage(IsPaired: true, 1000, "gone"));
        await session.SendAsync(new DestroyMessage(IsPaired: false, 1000, "gone"));
        await session.SendAsync(new ResultMessage(1000, new byte[1]));
        await session.SendAsync(new FinishedMessage(1000));
        await session.SendAsync(new ListeningMessage(1000, 1000, new IPEndPoint(IPAddress.Loopback, 1)));
        await session.SendAsync(new ClosedMessage(1000));

        // who asks gets a no
        await session.SendAsync(new IncomingMessage(3, 1000, Key, new byte[4]));
        Assert.Equal(new DenyMessage(3), await session.ReadAsync());
        await session.SendAsync(new ConnectionMessage(5, 1000, Key, new byte[64], 0));
        ConnectedMessage connected = await session.ReadAsync<ConnectedMessage>();
        Assert.Equal(new DestroyMessage(IsPaired: true, connected.Alias, null), await session.ReadAsync());
        Assert.Equal(RelayedDhtState.Connected, node.State);
    }
}
