using System.Net;
using System.Threading.Channels;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Questions;

/// <summary>
/// Answers out of order by a client that keeps its secret key: they cost at most what it was asked for. And however
/// many questions it leaves open, nothing waits for it when it is gone.
/// </summary>
public sealed class QuestionDisorderTests : IAsyncDisposable
{
    private readonly KeylessFakeNode _node = new();
    private readonly KeyPair _keys = KeyPair.Generate();
    private readonly RelayScenario _scenario;

    public QuestionDisorderTests() => _scenario = new RelayScenario(node: _node);

    public async ValueTask DisposeAsync()
    {
        await _scenario.DisposeAsync();
        _keys.Dispose();
    }

    [Fact]
    public void Answers_to_what_was_never_asked_are_ignored()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(First(404));
        client.Say(Last(404));
        client.Say(First(404) with { IsInitiator = false, RemotePublicKey = FakeNode.Key(1) });
        client.Say(new SignatureMessage(404, new byte[64]));
        client.Say(new SignatureMessage(404, default));
        ExpectServed(client);
    }

    [Fact]
    public void A_first_reply_given_again_where_the_last_is_due_costs_the_stream_and_no_more()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint id = Dial(client, alias: 5);
        client.Say(First(id));
        client.Expect<NoiseReceiveMessage>();
        client.Say(First(id));
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal((false, 5u), (destroy.IsPaired, destroy.Alias));
        client.Say(Last(id));
        ExpectServed(client);
    }

    [Fact]
    public void Replies_behind_the_end_of_the_handshake_are_ignored()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint id = Dial(client, alias: 5);
        client.Say(First(id));
        client.Expect<NoiseReceiveMessage>();
        client.Say(Last(id));
        client.Expect<OpenMessage>();
        client.Say(First(id));
        client.Say(Last(id));
        ExpectServed(client);
    }

    [Fact]
    public void A_reply_for_a_stream_that_the_client_has_destroyed_is_ignored()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint id = Dial(client, alias: 5);
        client.Say(new DestroyMessage(IsPaired: true, 5, null));
        client.Synchronize();
        _scenario.Kit.RunUntil(() => _scenario.Metric("relay.streams") == 0, "the end of the dial");
        client.Say(First(id));
        ExpectServed(client);
        Assert.Empty(_node.Messages);
    }

    [Fact]
    public void An_answer_of_another_session_changes_nothing()
    {
        TestClient client = _scenario.ConnectAndGreet();
        TestClient other = _scenario.ConnectAndGreet();
        uint id = Dial(client, alias: 5);
        other.Say(First(id));
        ExpectServed(other);
        client.Say(First(id));
        client.Expect<NoiseReceiveMessage>();
    }

    [Fact]
    public void A_signature_given_twice_is_taken_once()
    {
        AddNode();
        TestClient client = _scenario.ConnectAndGreet();
        SignAnnounceMessage sign = Announce(client, queryId: 9);
        client.Say(Sign(sign));
        client.Say(Sign(sign));
        Assert.Equal(new FinishedMessage(9), client.Expect<FinishedMessage>());
        client.Say(Sign(sign));
        ExpectServed(client);
        Assert.Single(_node.Signatures);
    }

    [Fact]
    public void Nothing_waits_for_a_client_that_has_vanished()
    {
        AddNode();
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(7, _keys.PublicKey, null));
        client.Say(TestClient.SignListen(client.Expect<SignAnnounceMessage>(), _keys));
        client.Expect<ListeningMessage>();
        var server = (KeylessFakeServer)Assert.Single(_node.Servers);

        // a peer, a stream at each of its two questions, a listen and an announce
        Task knocking = server.ShakeHandsAsync([1], [2]);
        client.Expect<NoiseReceiveMessage>();
        Dial(client, alias: 5);
        uint id = Dial(client, alias: 6);
        client.Say(First(id));
        client.Expect<NoiseReceiveMessage>();
        client.Say(new ListenMessage(8, FakeNode.Key(77), null));
        client.Expect<SignAnnounceMessage>();
        Announce(client, queryId: 9);

        // no time passes
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.True(knocking.IsCompleted);
        Assert.All(_node.Servers, static server => Assert.True(server.IsClosed));
        Assert.Equal(0, _scenario.Metric("relay.streams"));
        Assert.Contains(_scenario.LogLines, static line => line.Contains("ConnectionLost", StringComparison.Ordinal));
    }

    private static NoiseReplyMessage First(uint id) => new(IsInitiator: true, id, new byte[] { 9 }, null, null);

    private static NoiseReplyMessage Last(uint id) =>
        First(id) with { Completion = new NoiseCompletion(FakeNode.Key(8), FakeNode.Key(9)) };

    private static void ExpectServed(TestClient client)
    {
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        Assert.False(client.Session.IsCompleted);
    }

    /// <summary>Connects, and gives the id of the handshake that the client is asked to begin.</summary>
    private uint Dial(TestClient client, uint alias)
    {
        client.Say(new ConnectMessage(alias, _keys.PublicKey, null, FakeNode.Key(1)));
        return client.Expect<NoiseSendMessage>().Id;
    }

    /// <summary>Announces at the one node there is, and gives what the client is to sign.</summary>
    private SignAnnounceMessage Announce(TestClient client, uint queryId)
    {
        client.Say(new AnnounceMessage(queryId, FakeNode.Key(1), _keys.PublicKey, null));
        client.Expect<ResultMessage>();
        return client.Expect<SignAnnounceMessage>();
    }

    private SignatureMessage Sign(SignAnnounceMessage sign) => new(
        sign.Id,
        new AnnounceToSign(false, FakeNode.Key(1), sign.Token, sign.PeerId!.Value, _keys.PublicKey, []).Sign(_keys));

    private void AddNode()
    {
        ChannelWriter<LookupReply> topic = _node.AddTopic(1);
        var from = new DhtNodeAddress(FakeNode.Key(10), new IPEndPoint(IPAddress.Loopback, 10));
        topic.TryWrite(new LookupReply(FakeNode.Key(20), from, from, []));
        topic.Complete();
    }
}
