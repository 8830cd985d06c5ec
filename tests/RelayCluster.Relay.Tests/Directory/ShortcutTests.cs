using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Links;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Directory;

/// <summary>Connects of clients to servers that the directory knows, and what goes wrong with them.</summary>
public sealed class ShortcutTests : IAsyncDisposable
{
    private readonly FakeDirectory _directory = new();
    private readonly KeylessFakeNode _node = new();
    private readonly RelayScenario _scenario;

    public ShortcutTests() => _scenario = new RelayScenario(node: _node, directory: _directory);

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void A_server_that_is_known_is_reached_by_a_link_and_the_DHT_is_not_asked()
    {
        DhtLink link = KnowServer();
        var peer = new FakePeer(FakeNode.Key(3));
        _node.OverLink = (given, _) =>
        {
            Assert.Same(link, given);
            return Task.FromResult<DhtStream?>(peer);
        };
        _node.AddServer(3, _ => throw new InvalidOperationException("the DHT was asked"));
        TestClient client = _scenario.ConnectAndGreet();

        uint stream = client.ConnectAndOpen(1, 3);
        peer.Send([1, 2, 3]);

        Assert.Equal([1, 2, 3], client.ExpectData(stream)[0]);
        Assert.Equal(1, _scenario.Metric("relay.joins"));
        Assert.Equal(TestClient.CreateKeyPair().PublicKey, Assert.Single(_node.KeyPairs).PublicKey);
    }

    [Fact]
    public void A_client_that_keeps_its_key_makes_the_handshake_of_the_link()
    {
        KnowServer();
        _node.OverLink = (_, _) => Task.FromResult<DhtStream?>(new FakePeer(FakeNode.Key(3)));
        TestClient client = _scenario.ConnectAndGreet();
        using KeyPair keyPair = TestClient.CreateKeyPair();
        client.Say(new ConnectMessage(1, keyPair.PublicKey, null, FakeNode.Key(3)));

        NoiseSendMessage send = client.Expect<NoiseSendMessage>();
        client.Say(new NoiseReplyMessage(true, send.Id, new byte[] { 7 }, null, null));

        Assert.Equal(send.Id, client.Expect<OpenMessage>().HandshakeId);
        Assert.Empty(_node.Messages);
    }

    [Fact]
    public void A_server_that_is_not_known_is_sought_through_the_DHT_and_that_is_not_counted()
    {
        _node.AddPeer(3);
        TestClient client = _scenario.ConnectAndGreet();

        client.ConnectAndOpen(1, 3);

        Assert.Equal(1, _directory.Asked);
        Assert.Equal(0, _scenario.Metric("relay.joins"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_that_cannot_be_had_or_breaks_leads_to_the_DHT(bool isHad)
    {
        _directory.Open = (_, _) => isHad
            ? Task.FromResult<DhtLink?>(DhtLink.CreatePair().Client)
            : throw new IOException("the node is gone");
        FakePeer peer = _node.AddPeer(3);
        TestClient client = _scenario.ConnectAndGreet();

        uint stream = client.ConnectAndOpen(1, 3);
        peer.Send([1]);

        client.ExpectData(stream);
        Assert.Equal(1, _scenario.Metric("relay.joins"));
    }

    [Fact]
    public void A_server_that_refuses_is_not_asked_again_through_the_DHT()
    {
        KnowServer();
        _node.OverLink = (_, _) => throw new DhtException(DhtError.PeerConnectionFailed);
        _node.AddServer(3, _ => throw new InvalidOperationException("the DHT was asked"));
        TestClient client = _scenario.ConnectAndGreet();

        client.Connect(1, 3);

        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal("PEER_CONNECTION_FAILED: Could not connect to peer", destroy.Error);
        Assert.Equal(1, _scenario.Metric("relay.joins"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_changes_its_mind_or_leaves_takes_its_asking_back(bool leaves)
    {
        var asked = new TaskCompletionSource<CancellationToken>();
        _directory.Open = async (_, stopping) =>
        {
            asked.SetResult(stopping);
            await Task.Delay(Timeout.Infinite, stopping);
            return null;
        };
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(1, 3);
        CancellationToken stopping = _scenario.Kit.RunUntilCompleted(asked.Task);

        if (leaves)
        {
            client.Cut();
            _scenario.Kit.RunUntilCompleted(client.Session);
        }
        else
        {
            client.Say(new DestroyMessage(IsPaired: true, 1, null));
        }

        _scenario.Kit.RunUntil(() => stopping.IsCancellationRequested, "the end of the asking");
    }

    private DhtLink KnowServer()
    {
        (DhtLink link, _) = DhtLink.CreatePair();
        _directory.Open = (key, _) =>
        {
            Assert.Equal(FakeNode.Key(3), key);
            return Task.FromResult<DhtLink?>(link);
        };
        return link;
    }
}
