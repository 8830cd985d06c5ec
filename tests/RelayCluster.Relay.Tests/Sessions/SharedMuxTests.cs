using RelayCluster.Crypto;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Sharing;
using RelayCluster.Relay.Tests.Scenarios;
using RelayCluster.Wire;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Relay.Tests.Sessions;

/// <summary>Sessions on a muxer that the relay shares with another protocol.</summary>
public sealed class SharedMuxTests
{
    private static readonly MuxChannelOptions Chat = new() { Protocol = "chat", MessageTypes = 1 };

    [Fact]
    public async Task Session_WorksBesideAnotherProtocol_AndItsEndLeavesThatAlone()
    {
        await using var scenario = new RelayScenario();
        FakePeer peer = scenario.Node.AddPeer(1);
        await using var shared = new SharedClient(scenario);
        Task session = scenario.Relay.ServeAsync(shared.OfRelay);
        shared.Handshake();
        using KeyPair keyPair = TestClient.CreateKeyPair();
        shared.Say(new ConnectMessage(5, keyPair.PublicKey, keyPair, FakeNode.Key(1)));
        Assert.Equal(5u, Assert.IsType<OpenMessage>(shared.Next()).RemoteAlias);
        shared.Say(new DataMessage(5, PooledBuffer.CopyOf("ping"u8)));
        scenario.Kit.RunUntil(() => peer.Received.Count > 0, "the peer's message");
        Assert.Equal("ping"u8, peer.Received[0]);

        // a protocol violation ends the session, not the muxer
        shared.Say(new FinishedMessage(1));
        scenario.Kit.RunUntilCompleted(session);
        Assert.Null(shared.Next());
        Assert.Contains(scenario.LogLines, static line => line.Contains("broke the protocol", StringComparison.Ordinal));
        await shared.ChatOfRelay.SendAsync(0, "still here"u8.ToArray());
        using ChannelMessage message = (await shared.ChatOfClient.ReadAsync())!.Value;
        Assert.Equal("still here"u8, message.Payload.Span);
    }

    [Fact]
    public async Task Session_EndsWhenTheMuxerIsCut()
    {
        await using var scenario = new RelayScenario();
        await using var shared = new SharedClient(scenario);
        Task session = scenario.Relay.ServeAsync(shared.OfRelay);
        shared.Handshake();
        shared.Cut();
        scenario.Kit.RunUntilCompleted(session);
    }

    [Fact]
    public async Task Client_BeyondMaxSessions_HasItsChannelClosed()
    {
        await using var scenario = new RelayScenario(new RelayOptions { MaxSessions = 1 });
        TestClient first = scenario.ConnectAndGreet();
        await using var shared = new SharedClient(scenario);
        scenario.Kit.RunUntilCompleted(scenario.Relay.ServeAsync(shared.OfRelay));
        Assert.Null(shared.Next());
        first.Synchronize();
    }

    /// <summary>Both ends of a muxer, each with the relay protocol and a chat.</summary>
    private sealed class SharedClient : IAsyncDisposable
    {
        private readonly RelayScenario _scenario;
        private readonly SharedMux _client;
        private readonly SharedMux _relay;
        private readonly RelayChannel _ofClient;
        private readonly Task[] _running;

        public SharedClient(RelayScenario scenario)
        {
            _scenario = scenario;
            (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
            _client = new SharedMux(client);
            _relay = new SharedMux(relay);
            Task<RelayChannel?> accepting = RelayChannel.AcceptAsync(_relay).AsTask();
            _ofClient = RelayChannel.Open(_client);
            ChatOfClient = _client.Open(Chat)!;
            ChatOfRelay = _relay.Open(Chat)!;
            _running = [_client.RunAsync(), _relay.RunAsync()];
            OfRelay = scenario.Kit.RunUntilCompleted(accepting)!;
        }

        public RelayChannel OfRelay { get; }

        public SharedChannel ChatOfClient { get; }

        public SharedChannel ChatOfRelay { get; }

        public void Handshake()
        {
            using KeyPair keyPair = TestClient.CreateKeyPair();
            Say(new HandshakeMessage(keyPair.PublicKey, keyPair));
        }

        public void Say(RelayMessage message) =>
            _scenario.Kit.RunUntilCompleted(_ofClient.SendAsync(message).AsTask());

        public RelayMessage? Next() => _scenario.Kit.RunUntilCompleted(_ofClient.ReadAsync().AsTask());

        public void Cut() => _client.Abort();

        public async ValueTask DisposeAsync()
        {
            await _client.DisposeAsync();
            await _relay.DisposeAsync();
            await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
