using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Questions;

/// <summary>The choreography of a connect by a client that keeps its secret key.</summary>
public sealed class HandshakeTests : IAsyncDisposable
{
    private static readonly Fixed32 Own = FakeNode.Key(50);
    private static readonly NoiseCompletion Completion = new(FakeNode.Key(60), FakeNode.Key(61));

    private readonly KeylessFakeNode _node = new();
    private readonly RelayScenario _scenario;

    public HandshakeTests() => _scenario = new RelayScenario(node: _node);

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void The_client_makes_both_messages_and_the_stream_is_raw()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Connect(client, alias: 3);
        NoiseSendMessage send = client.Expect<NoiseSendMessage>();
        Assert.Equal(3u, send.RemoteStreamAlias);
        Assert.Equal(KeylessFakeNode.Payload, send.Payload.ToArray());
        client.Say(FirstMessage(send.Id));
        NoiseReceiveMessage receive = client.Expect<NoiseReceiveMessage>();
        Assert.True(receive.IsInitiator);
        Assert.Equal(send.Id, receive.Id);
        Assert.Equal([4, 5, 6], receive.Payload.ToArray());
        client.Say(SecondMessage(receive.Id));
        OpenMessage open = client.Expect<OpenMessage>();
        Assert.False(open.IsCustodial);
        Assert.Equal(3u, open.RemoteAlias);
        Assert.Equal(send.Id, open.HandshakeId);
        Assert.Equal([9, 9], _node.Messages.Single());
        Assert.Equal([7, 8], _node.Offers.Single().Payload.ToArray());
        Assert.Equal(FakeNode.Key(1), _node.Offers.Single().RemotePublicKey);

        FakeRawPeer peer = _node.Peers.Single();
        client.SayData(3, [10, 11]);
        peer.Send([12, 13]);
        Assert.Equal([12, 13], client.ExpectData(open.Alias).Single());
        _scenario.Kit.RunUntil(() => peer.Received.Count == 1, "the client's bytes");
        Assert.Equal([10, 11], peer.Received.Single());
        _scenario.Kit.Advance(TimeSpan.FromSeconds(11));
        client.Synchronize();
        Assert.False(peer.IsDestroyed);
    }

    [Fact]
    public void An_answer_that_the_client_cannot_read_is_followed_by_another_handshake()
    {
        _node.Answers.Insert(0, [0]);
        TestClient client = _scenario.ConnectAndGreet();
        Connect(client, alias: 3);
        uint first = client.Expect<NoiseSendMessage>().Id;
        client.Say(FirstMessage(first));
        client.Expect<NoiseReceiveMessage>();
        client.Say(new NoiseReplyMessage(IsInitiator: true, first, default, null, null));
        uint second = client.Expect<NoiseSendMessage>().Id;
        Assert.NotEqual(first, second);
        client.Say(FirstMessage(second));
        Assert.Equal(second, client.Expect<NoiseReceiveMessage>().Id);
        client.Say(SecondMessage(second));
        Assert.Equal(second, client.Expect<OpenMessage>().HandshakeId);
    }

    [Fact]
    public void A_client_that_makes_no_message_fails_its_connect_after_a_while_and_a_later_answer_is_ignored()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Connect(client, alias: 3);
        uint id = client.Expect<NoiseSendMessage>().Id;
        _scenario.Kit.Advance(TimeSpan.FromSeconds(9));
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        _scenario.Kit.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            new DestroyMessage(IsPaired: false, 3, "PEER_CONNECTION_FAILED: Could not connect to peer"),
            client.Expect<DestroyMessage>());
        client.Say(FirstMessage(id));
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        Assert.Empty(_node.Messages);
    }

    [Fact]
    public void A_client_that_will_not_fails_its_connect_at_once()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Connect(client, alias: 3);
        uint id = client.Expect<NoiseSendMessage>().Id;
        client.Say(new NoiseReplyMessage(IsInitiator: true, id, default, null, null));
        Assert.Equal(3u, client.Expect<DestroyMessage>().Alias);
        Assert.Empty(_node.Messages);
    }

    [Fact]
    public void Answers_of_another_kind_are_a_no()
    {
        TestClient client = _scenario.ConnectAndGreet();
        RelayMessage[] answers =
        [
            new NoiseReplyMessage(IsInitiator: true, 0, new byte[1], null, Completion),
            new NoiseReplyMessage(IsInitiator: false, 0, new byte[1], FakeNode.Key(1), null),
            new SignatureMessage(0, new byte[64]),
            new AcceptMessage(0),
        ];
        uint alias = 3;
        foreach (RelayMessage answer in answers)
        {
            Connect(client, ++alias);
            uint id = client.Expect<NoiseSendMessage>().Id;
            client.Say(answer switch
            {
                NoiseReplyMessage reply => reply with { Id = id },
                SignatureMessage signature => signature with { Id = id },
                _ => new AcceptMessage(id),
            });
            Assert.Equal(alias, client.Expect<DestroyMessage>().Alias);
        }
    }

    [Fact]
    public void A_stream_on_which_the_client_says_nothing_was_given_up_before()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = ConnectAndOpen(client, 3);
        FakeRawPeer peer = _node.Peers.Single();
        _scenario.Kit.Advance(TimeSpan.FromSeconds(10));
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.True(destroy.IsPaired);
        Assert.Equal(alias, destroy.Alias);
        Assert.True(peer.IsDestroyed);
    }

    [Fact]
    public void What_the_client_says_before_it_hears_of_the_stream_counts_too()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Connect(client, alias: 3);
        uint id = client.Expect<NoiseSendMessage>().Id;
        client.SayData(3, [1]);
        client.Say(FirstMessage(id));
        client.Expect<NoiseReceiveMessage>();
        client.Say(SecondMessage(id));
        client.Expect<OpenMessage>();
        _scenario.Kit.Advance(TimeSpan.FromSeconds(20));
        client.Synchronize();
        Assert.False(_node.Peers.Single().IsDestroyed);
    }

    [Fact]
    public void The_end_of_the_session_takes_back_what_was_asked()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Connect(client, alias: 3);
        client.Expect<NoiseSendMessage>();
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.Empty(_node.Messages);
    }

    [Fact]
    public async Task Questions_beyond_the_limit_wait_for_their_turn()
    {
        await using var scenario = new RelayScenario(new RelayOptions { MaxQuestions = 2 }, new KeylessFakeNode());
        TestClient client = scenario.ConnectAndGreet();
        foreach (uint alias in new uint[] { 3, 4, 5 })
        {
            Connect(client, alias);
        }

        NoiseSendMessage first = client.Expect<NoiseSendMessage>();
        client.Expect<NoiseSendMessage>();
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        client.Say(FirstMessage(first.Id));
        client.Expect<NoiseSendMessage>();
    }

    private static void Connect(TestClient client, uint alias) =>
        client.Say(new ConnectMessage(alias, Own, null, FakeNode.Key(1)));

    private static NoiseReplyMessage FirstMessage(uint id) => new(IsInitiator: true, id, new byte[] { 9, 9 }, null, null);

    private static NoiseReplyMessage SecondMessage(uint id) =>
        new(IsInitiator: true, id, new byte[] { 7, 8 }, null, Completion);

    private static uint ConnectAndOpen(TestClient client, uint alias)
    {
        Connect(client, alias);
        client.Say(FirstMessage(client.Expect<NoiseSendMessage>().Id));
        client.Say(SecondMessage(client.Expect<NoiseReceiveMessage>().Id));
        return client.Expect<OpenMessage>().Alias;
    }
}
