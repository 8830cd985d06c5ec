using RelayCluster.Crypto;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Directory;

/// <summary>When the servers of clients are in the directory.</summary>
public sealed class MadeKnownTests : IAsyncDisposable
{
    private readonly KeyPair _keyPair = KeyPair.FromSeed(FakeNode.Key(1).Span);
    private readonly FakeDirectory _directory = new();
    private readonly KeylessFakeNode _node = new();
    private readonly RelayScenario _scenario;

    public MadeKnownTests() => _scenario = new RelayScenario(node: _node, directory: _directory);

    public async ValueTask DisposeAsync()
    {
        await _scenario.DisposeAsync();
        _keyPair.Dispose();
        Assert.Empty(_directory.Known);
    }

    [Fact]
    public void A_server_is_known_when_it_listens_until_its_client_closes_it()
    {
        TestClient client = _scenario.ConnectAndGreet();
        using KeyPair keyPair = TestClient.CreateKeyPair();

        client.ListenAndHear(5);
        Assert.Equal([keyPair.PublicKey], _directory.Known);
        client.Say(new CloseMessage(5));
        client.Expect<ClosedMessage>();

        Assert.Empty(_directory.Known);
    }

    [Fact]
    public void A_server_that_is_being_taken_back_is_not_known_any_more()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        var withdrawing = new TaskCompletionSource();
        FakeServer server = _node.Servers.Single();
        server.Withdrawing = withdrawing.Task;

        client.Say(new CloseMessage(5));
        _scenario.Kit.RunUntil(() => server.IsClosing, "the close");

        Assert.Empty(_directory.Known);
        withdrawing.SetResult();
        client.Expect<ClosedMessage>();
    }

    [Fact]
    public void A_server_that_is_not_announced_yet_is_not_known()
    {
        var announcing = new TaskCompletionSource();
        _node.Announcing = announcing.Task;
        TestClient client = _scenario.ConnectAndGreet();
        client.Listen(5);
        _scenario.Kit.RunUntil(() => _node.Servers.Count == 1, "the listen");
        Assert.Empty(_directory.Known);

        announcing.SetResult();

        client.Expect<ListeningMessage>();
        client.Synchronize();
        Assert.Single(_directory.Known);
    }

    [Fact]
    public void Servers_go_with_their_client()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        client.ListenAndHear(6, key: 8);
        Assert.Equal(2, _directory.Known.Count);

        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);

        Assert.Empty(_directory.Known);
    }

    [Fact]
    public void A_client_that_keeps_its_key_has_shown_by_its_signature_that_it_has_it()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        client.Say(TestClient.SignListen(client.Expect<SignAnnounceMessage>(), _keyPair));

        client.Expect<ListeningMessage>();

        client.Synchronize();
        Assert.Equal([_keyPair.PublicKey], _directory.Known);
    }

    [Fact]
    public void A_client_that_no_node_wants_a_signature_of_is_asked_for_one_all_the_same()
    {
        _node.WantsSignatures = false;
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        client.Say(TestClient.SignListen(client.Expect<SignAnnounceMessage>(), _keyPair));

        client.Expect<ListeningMessage>();

        client.Synchronize();
        Assert.Equal([_keyPair.PublicKey], _directory.Known);
    }

    [Fact]
    public void A_client_that_does_not_show_that_it_has_the_key_listens_without_being_known()
    {
        _node.WantsSignatures = false;
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        client.Say(new SignatureMessage(client.Expect<SignAnnounceMessage>().Id, new byte[64]));

        client.Expect<ListeningMessage>();

        client.Synchronize();
        Assert.Empty(_directory.Known);
    }

    [Fact]
    public void A_server_that_its_client_closes_while_it_is_to_show_that_it_has_the_key_is_taken_back()
    {
        _node.WantsSignatures = false;
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ListenMessage(5, _keyPair.PublicKey, null));
        client.Expect<SignAnnounceMessage>();

        client.Say(new CloseMessage(5));

        client.Say(new SignatureMessage(client.Expect<SignUnannounceMessage>().Id, default));
        client.Expect<ClosedMessage>();
        Assert.True(_node.Servers.Single().IsClosed);
    }
}
