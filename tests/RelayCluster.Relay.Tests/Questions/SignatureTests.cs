using System.Net;
using System.Threading.Channels;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Questions;

/// <summary>Announces and unannounces of topics by a client that keeps its secret key.</summary>
public sealed class SignatureTests : IAsyncDisposable
{
    private const int MaxQueries = 2;
    private static readonly Fixed32 Topic = FakeNode.Key(1);

    private readonly KeyPair _keyPair = KeyPair.FromSeed(FakeNode.Key(1).Span);
    private readonly KeylessFakeNode _node = new();
    private readonly RelayScenario _scenario;

    public SignatureTests() => _scenario = new RelayScenario(new RelayOptions { MaxQueries = MaxQueries }, _node);

    public async ValueTask DisposeAsync()
    {
        await _scenario.DisposeAsync();
        _keyPair.Dispose();
    }

    [Fact]
    public void An_announce_is_signed_for_each_node()
    {
        AddReplies(2);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new AnnounceMessage(9, Topic, _keyPair.PublicKey, null));
        client.Expect<ResultMessage>();
        client.Expect<ResultMessage>();
        List<byte[]> signatures = [];
        foreach (int _ in Enumerable.Range(0, 2))
        {
            SignAnnounceMessage sign = client.Expect<SignAnnounceMessage>();
            Assert.Equal(9u, sign.Signee);
            byte[] signature = ToSign(false, sign.Token, sign.PeerId).Sign(_keyPair);
            signatures.Add(signature);
            client.Say(new SignatureMessage(sign.Id, signature));
        }

        Assert.Equal(new FinishedMessage(9), client.Expect<FinishedMessage>());
        Assert.Equal(signatures.Order(ByBytes), _node.Signatures.Select(static s => s!).Order(ByBytes));
        Assert.Empty(_node.KeyPairs);
    }

    [Fact]
    public void An_unannounce_is_signed_as_one()
    {
        AddReplies(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new UnannounceMessage(9, Topic, _keyPair.PublicKey, null));
        client.Expect<ResultMessage>();
        SignUnannounceMessage sign = client.Expect<SignUnannounceMessage>();
        Assert.Equal(9u, sign.Signee);
        client.Say(new SignatureMessage(sign.Id, ToSign(true, sign.Token, sign.PeerId).Sign(_keyPair)));
        Assert.Equal(new FinishedMessage(9), client.Expect<FinishedMessage>());
        Assert.NotNull(_node.Signatures.Single());
    }

    [Fact]
    public void A_signature_of_something_else_is_not_passed_on()
    {
        AddReplies(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new AnnounceMessage(9, Topic, _keyPair.PublicKey, null));
        client.Expect<ResultMessage>();
        SignAnnounceMessage sign = client.Expect<SignAnnounceMessage>();
        client.Say(new SignatureMessage(sign.Id, ToSign(true, sign.Token, sign.PeerId).Sign(_keyPair)));
        client.Expect<FinishedMessage>();
        Assert.Null(_node.Signatures.Single());
    }

    [Fact]
    public void A_client_that_does_not_sign_has_its_query_finished_after_a_while()
    {
        AddReplies(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new AnnounceMessage(9, Topic, _keyPair.PublicKey, null));
        client.Expect<ResultMessage>();
        client.Expect<SignAnnounceMessage>();
        _scenario.Kit.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new FinishedMessage(9), client.Expect<FinishedMessage>());
        Assert.Null(_node.Signatures.Single());
    }

    [Fact]
    public void As_many_queries_as_allowed_can_wait_for_signatures_and_the_client_is_still_read()
    {
        AddReplies(1);
        _node.AddTopic(2);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new AnnounceMessage(1, Topic, _keyPair.PublicKey, null));
        client.Expect<ResultMessage>();
        SignAnnounceMessage sign = client.Expect<SignAnnounceMessage>();
        client.Say(new UnannounceMessage(2, FakeNode.Key(2), _keyPair.PublicKey, null));
        client.Say(new AnnounceMessage(3, FakeNode.Key(2), _keyPair.PublicKey, null));
        Assert.Equal(new FinishedMessage(3), client.Expect<FinishedMessage>());
        Assert.Equal(MaxQueries, _node.Questions.Count);
        client.Say(new SignatureMessage(sign.Id, ToSign(false, sign.Token, sign.PeerId).Sign(_keyPair)));
        Assert.Equal(new FinishedMessage(1), client.Expect<FinishedMessage>());
        Assert.NotNull(_node.Signatures.Single());
    }

    [Fact]
    public void A_signature_of_another_length_ends_the_session()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new SignatureMessage(1, new byte[63]));
        client.ExpectEnd();
    }

    [Fact]
    public void An_id_in_use_ends_the_session()
    {
        _node.AddTopic(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new AnnounceMessage(9, Topic, _keyPair.PublicKey, null));
        client.Say(new UnannounceMessage(9, Topic, _keyPair.PublicKey, null));
        client.ExpectEnd();
    }

    private static Comparer<byte[]> ByBytes { get; } =
        Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));

    private AnnounceToSign ToSign(bool isWithdrawal, Fixed32 token, Fixed32? node) =>
        new(isWithdrawal, Topic, token, node!.Value, _keyPair.PublicKey, []);

    /// <summary>Nodes that reply to a query for the topic, which then is over.</summary>
    private void AddReplies(int count)
    {
        ChannelWriter<LookupReply> topic = _node.AddTopic(1);
        for (int i = 0; i < count; i++)
        {
            var from = new DhtNodeAddress(FakeNode.Key(10 + i), new IPEndPoint(IPAddress.Loopback, 10 + i));
            topic.TryWrite(new LookupReply(FakeNode.Key(20 + i), from, from, []));
        }

        topic.Complete();
    }
}
