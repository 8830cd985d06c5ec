using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Servers;

/// <summary>The choreography of the firewall: incoming, accept, deny.</summary>
public sealed class FirewallTests : IAsyncDisposable
{
    private readonly RelayScenario _scenario = new(new RelayOptions { MaxFirewallQuestions = 2 });

    private FakeServer Server => _scenario.Node.Servers.Last();

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void The_client_is_asked_with_the_peers_key_and_payload_and_its_answer_holds()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        Task<bool> first = Server.Knock(peer: 8, [1, 2, 3]);
        IncomingMessage incoming = client.Expect<IncomingMessage>();
        Assert.Equal(server, incoming.ServerAlias);
        Assert.Equal(FakeNode.Key(8), incoming.RemotePublicKey);
        Assert.Equal([1, 2, 3], incoming.Payload.ToArray());
        Task<bool> second = Server.Knock(peer: 9);
        IncomingMessage other = client.Expect<IncomingMessage>();
        Assert.NotEqual(incoming.Id, other.Id);
        client.Say(new AcceptMessage(other.Id));
        client.Say(new DenyMessage(incoming.Id));
        Assert.True(_scenario.Kit.RunUntilCompleted(second));
        Assert.False(_scenario.Kit.RunUntilCompleted(first));
    }

    [Fact]
    public void A_client_of_the_first_dialect_is_asked_with_the_payload_in_the_words_of_its_generation()
    {
        TestClient client = _scenario.ConnectAndGreet(RelayDialect.Web4);
        client.ListenAndHear(5);
        // Version 1, with a UDX stream (8) and the address 10.0.0.1:2 (2), open (1); then that again, with uTP for UDX.
        Task<bool> question = Server.Knock(peer: 8, [1, 2 | 8, 0, 1, 1, 10, 0, 0, 1, 2, 0, 1, 0, 7, 0]);
        IncomingMessage incoming = client.Expect<IncomingMessage>();
        Assert.Equal([1, 2, 0, 1, 2, 1, 10, 0, 0, 1, 2, 0], incoming.Payload.ToArray());
        client.Say(new AcceptMessage(incoming.Id));
        Assert.True(_scenario.Kit.RunUntilCompleted(question));
    }

    [Fact]
    public void No_answer_is_a_no_after_a_while_and_a_later_one_is_ignored()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        Task<bool> question = Server.Knock(peer: 8);
        IncomingMessage incoming = client.Expect<IncomingMessage>();
        _scenario.Kit.Advance(TimeSpan.FromSeconds(9));
        Assert.False(question.IsCompleted);
        _scenario.Kit.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_scenario.Kit.RunUntilCompleted(question));
        client.Say(new AcceptMessage(incoming.Id));
        client.Synchronize();
        Assert.False(client.Session.IsCompleted);
    }

    [Fact]
    public void A_peer_that_comes_before_the_client_knows_that_the_server_listens_waits()
    {
        var announcing = new TaskCompletionSource();
        _scenario.Node.Announcing = announcing.Task;
        TestClient client = _scenario.ConnectAndGreet();
        client.Listen(5);
        _scenario.Kit.RunUntil(() => _scenario.Node.Servers.Count == 1, "the listen");
        Task<bool> question = Server.Knock(peer: 8);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        announcing.SetResult();
        client.Expect<ListeningMessage>();
        client.Say(new AcceptMessage(client.Expect<IncomingMessage>().Id));
        Assert.True(_scenario.Kit.RunUntilCompleted(question));
    }

    [Fact]
    public void Peers_beyond_the_limit_of_questions_are_not_let_in()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        Task<bool> first = Server.Knock(peer: 1);
        Task<bool> second = Server.Knock(peer: 2);
        Assert.False(_scenario.Kit.RunUntilCompleted(Server.Knock(peer: 3)));
        client.Say(new AcceptMessage(client.Expect<IncomingMessage>().Id));
        client.Say(new AcceptMessage(client.Expect<IncomingMessage>().Id));
        Assert.True(_scenario.Kit.RunUntilCompleted(first));
        Assert.True(_scenario.Kit.RunUntilCompleted(second));
        Task<bool> fourth = Server.Knock(peer: 4);
        client.Say(new AcceptMessage(client.Expect<IncomingMessage>().Id));
        Assert.True(_scenario.Kit.RunUntilCompleted(fourth));
    }

    [Fact]
    public void Answers_of_another_session_change_nothing()
    {
        TestClient client = _scenario.ConnectAndGreet();
        TestClient other = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        Task<bool> question = Server.Knock(peer: 8);
        IncomingMessage incoming = client.Expect<IncomingMessage>();
        other.Say(new AcceptMessage(incoming.Id));
        other.Synchronize();
        Assert.False(question.IsCompleted);
        client.Say(new DenyMessage(incoming.Id));
        Assert.False(_scenario.Kit.RunUntilCompleted(question));
    }

    [Fact]
    public void A_close_takes_back_what_was_asked()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        Task<bool> question = Server.Knock(peer: 8);
        client.Expect<IncomingMessage>();
        client.Say(new CloseMessage(5));
        client.Expect<ClosedMessage>();
        _scenario.Kit.RunUntil(() => question.IsCompleted, "the end of the question");
        Assert.False(question.IsCompletedSuccessfully);
    }
}
