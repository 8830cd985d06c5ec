using RelayCluster.Crypto;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Tests.Scenarios;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Questions;

/// <summary>The choreography of a server of a client that keeps its secret key.</summary>
public sealed class KeptServerTests : IAsyncDisposable
{
    private static readonly NoiseCompletion Completion = new(FakeNode.Key(60), FakeNode.Key(61));

    private readonly KeyPair _keyPair = KeyPair.FromSeed(FakeNode.Key(1).Span);
    private readonly KeylessFakeNode _node = new();
    private readonly RelayScenario _scenario;

    public KeptServerTests() =>
        _scenario = new RelayScenario(
            new RelayOptions { MaxFirewallQuestions = 2 },
            _node,
            static clock => new LimitingPolicy(
                new PolicyOptions { Remotes = new() { Deny = [FakeNode.Key(66)] } }, clock));

    private KeylessFakeServer Server => (KeylessFakeServer)_node.Servers.Last();

    public async ValueTask DisposeAsync()
    {
        await _scenario.DisposeAsync();
        _keyPair.Dispose();
    }

    [Fact]
    public void It_listens_when_the_client_has_signed()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        SignAnnounceMessage sign = client.Expect<SignAnnounceMessage>();
        Assert.Equal(5u, sign.Signee);
        Assert.Empty(sign.RelayAddresses);
        Assert.Equal(FakeNode.Key(1), sign.PeerId);
        Assert.Equal(FakeNode.Key(101), sign.Token);
        client.Say(TestClient.SignListen(sign, _keyPair));
        Assert.Equal(5u, client.Expect<ListeningMessage>().RemoteAlias);
        Assert.Null(Server.Options.Admit);
        Assert.Empty(_node.KeyPairs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    public void It_is_closed_when_what_is_signed_is_nothing_or_by_another_key(int length)
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        uint id = client.Expect<SignAnnounceMessage>().Id;
        client.Say(new SignatureMessage(id, new byte[length]));
        client.Say(new SignatureMessage(client.Expect<SignUnannounceMessage>().Id, default));
        uint alias = client.Expect<ListeningMessage>().Alias;
        Assert.Equal(alias, client.Expect<ClosedMessage>().Alias);
        Assert.True(Server.IsClosed);
    }

    [Fact]
    public void A_client_that_does_not_sign_at_all_does_not_hold_the_key_for_long()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        client.Expect<SignAnnounceMessage>();
        _scenario.Kit.Advance(TimeSpan.FromSeconds(10));
        client.Expect<SignUnannounceMessage>();
        _scenario.Kit.Advance(TimeSpan.FromSeconds(2));
        client.Expect<ListeningMessage>();
        client.Expect<ClosedMessage>();
    }

    [Fact]
    public void The_client_makes_the_handshake_and_takes_the_raw_stream()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = Listen(client);
        Task<(byte[] Answer, IForeignHandshake Handshake)> shaking = Server.ShakeHandsAsync([1, 2], [3, 4]);
        NoiseReceiveMessage receive = client.Expect<NoiseReceiveMessage>();
        Assert.Equal(server, receive.ServerAlias);
        Assert.Equal([1, 2], receive.Payload.ToArray());
        client.Say(new NoiseReplyMessage(false, receive.Id, new byte[] { 5, 6 }, FakeNode.Key(8), null));
        NoiseSendMessage send = client.Expect<NoiseSendMessage>();
        Assert.False(send.IsInitiator);
        Assert.Equal(receive.Id, send.Id);
        Assert.Equal([3, 4], send.Payload.ToArray());
        client.Say(new NoiseReplyMessage(false, send.Id, new byte[] { 7, 8 }, null, Completion));
        (byte[] answer, IForeignHandshake handshake) = _scenario.Kit.RunUntilCompleted(shaking);
        Assert.Equal([7, 8], answer);
        Assert.Equal(FakeNode.Key(8), Server.Offers.Single().RemotePublicKey);
        Assert.Equal([5, 6], Server.Offers.Single().Payload.ToArray());

        FakeRawPeer peer = Server.Connect(8, handshake);
        ConnectionMessage connection = client.Expect<ConnectionMessage>();
        Assert.False(connection.IsCustodial);
        Assert.Equal(server, connection.ServerAlias);
        Assert.Equal(receive.Id, connection.HandshakeId);
        Assert.Equal(FakeNode.Key(8), connection.RemotePublicKey);
        client.Say(new ConnectedMessage(70, connection.Alias));
        client.SayData(70, [10]);
        peer.Send([11]);
        Assert.Equal([11], client.ExpectData(connection.Alias).Single());
        _scenario.Kit.RunUntil(() => peer.Received.Count == 1, "the client's bytes");
    }

    [Fact]
    public void Whom_the_client_does_not_let_in_gets_no_answer()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Listen(client);
        Task<(byte[], IForeignHandshake)> shaking = Server.ShakeHandsAsync([1], [2]);
        uint id = client.Expect<NoiseReceiveMessage>().Id;
        client.Say(new NoiseReplyMessage(false, id, default, FakeNode.Key(8), null));
        Assert.IsType<ProtocolException>(Failure(shaking));
        client.Synchronize();
        Assert.Empty(client.Unexpected);
    }

    [Fact]
    public void Whom_the_policy_denies_gets_no_answer_though_the_client_lets_him_in()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Listen(client);
        Task<(byte[], IForeignHandshake)> shaking = Server.ShakeHandsAsync([1], [2]);
        uint id = client.Expect<NoiseReceiveMessage>().Id;
        client.Say(new NoiseReplyMessage(false, id, new byte[1], FakeNode.Key(66), null));
        Assert.IsType<ProtocolException>(Failure(shaking));
        Assert.Equal(1, _scenario.Refusals("peer", "denied_remote"));
        Assert.Contains(_scenario.LogLines, static line => line.Contains("its server 5,", StringComparison.Ordinal));
        client.Synchronize();
        Assert.Empty(client.Unexpected);
    }

    [Fact]
    public void No_answer_is_a_no_after_a_while_and_a_later_one_is_ignored()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Listen(client);
        Task<(byte[], IForeignHandshake)> shaking = Server.ShakeHandsAsync([1], [2]);
        uint id = client.Expect<NoiseReceiveMessage>().Id;
        _scenario.Kit.Advance(TimeSpan.FromSeconds(9));
        Assert.False(shaking.IsCompleted);
        _scenario.Kit.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<TimeoutException>(Failure(shaking));
        client.Say(new NoiseReplyMessage(false, id, new byte[1], FakeNode.Key(8), null));
        client.Synchronize();
        Assert.Empty(client.Unexpected);
    }

    [Fact]
    public void A_peer_that_comes_before_the_client_knows_that_the_server_listens_waits()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        SignAnnounceMessage sign = client.Expect<SignAnnounceMessage>();
        Task<(byte[], IForeignHandshake)> shaking = Server.ShakeHandsAsync([1], [2]);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        client.Say(TestClient.SignListen(sign, _keyPair));
        client.Expect<ListeningMessage>();
        client.Expect<NoiseReceiveMessage>();
        Assert.False(shaking.IsCompleted);
    }

    [Fact]
    public void The_client_is_not_asked_about_more_peers_than_allowed()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Listen(client);
        _ = Server.ShakeHandsAsync([1], [2]);
        _ = Server.ShakeHandsAsync([2], [2]);
        Assert.IsType<TimeoutException>(Failure(Server.ShakeHandsAsync([3], [2])));
        client.Expect<NoiseReceiveMessage>();
        client.Expect<NoiseReceiveMessage>();
        client.Synchronize();
        Assert.Empty(client.Unexpected);
    }

    [Fact]
    public void It_is_closed_when_the_client_has_signed_that_it_is_gone()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = Listen(client);
        client.Say(new CloseMessage(5));
        SignUnannounceMessage sign = client.Expect<SignUnannounceMessage>();
        Assert.Equal(5u, sign.Signee);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        byte[] signature = ToSign(sign).Sign(_keyPair);
        client.Say(new SignatureMessage(sign.Id, signature));
        Assert.Equal(server, client.Expect<ClosedMessage>().Alias);
        Assert.Equal(signature, Server.Withdrawal);
    }

    [Fact]
    public void A_close_waits_two_seconds_for_the_signature()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Listen(client);
        client.Say(new CloseMessage(5));
        client.Expect<SignUnannounceMessage>();
        _scenario.Kit.Advance(TimeSpan.FromSeconds(2));
        client.Expect<ClosedMessage>();
        Assert.Null(Server.Withdrawal);
    }

    [Fact]
    public void The_end_of_the_session_does_not_wait_for_signatures()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Listen(client);
        Task<(byte[], IForeignHandshake)> shaking = Server.ShakeHandsAsync([1], [2]);
        client.Expect<NoiseReceiveMessage>();
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.True(Server.IsClosed);
        Assert.NotNull(Failure(shaking));
    }

    private static AnnounceToSign ToSign(SignUnannounceMessage sign, KeyPair keyPair) =>
        new(true, Blake2b.Hash(keyPair.PublicKey.Span), sign.Token, sign.PeerId!.Value, keyPair.PublicKey, []);

    private AnnounceToSign ToSign(SignUnannounceMessage sign) => ToSign(sign, _keyPair);

    /// <summary>Listens and gives the relay's alias.</summary>
    private uint Listen(TestClient client)
    {
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        client.Say(TestClient.SignListen(client.Expect<SignAnnounceMessage>(), _keyPair));
        return client.Expect<ListeningMessage>().Alias;
    }

    private Exception Failure(Task task)
    {
        _scenario.Kit.RunUntil(() => task.IsCompleted, "the end of the handshake");
        return task.Exception?.InnerException ?? new TaskCanceledException(task);
    }
}
