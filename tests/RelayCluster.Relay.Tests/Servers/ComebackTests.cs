using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Servers;

/// <summary>Listening on a key whose former server is still being taken back.</summary>
public sealed class ComebackTests : IAsyncDisposable
{
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(2);

    private readonly RelayScenario _scenario = new();
    private readonly TaskCompletionSource _withdrawn = new();

    private FakeServer Server => _scenario.Node.Servers.Last();

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void A_client_that_comes_back_listens_as_soon_as_its_former_server_is_taken_back()
    {
        Vanish();
        TestClient client = _scenario.ConnectAndGreet();
        client.Listen(6);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        _withdrawn.SetResult();
        ExpectListening(client, 6);
    }

    [Fact]
    public void A_client_that_comes_back_listens_when_the_taking_back_is_given_up()
    {
        Vanish();
        TestClient client = _scenario.ConnectAndGreet();
        client.Listen(6);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        _scenario.Kit.Advance(ClosingPatience);
        ExpectListening(client, 6);
    }

    [Fact]
    public void A_close_and_a_listen_behind_it_are_done_in_this_order()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint first = client.ListenAndHear(5);
        client.Say(new CloseMessage(5));
        client.Listen(6);

        // the new server may be heard of before the session has told that the old one is gone
        RelayMessage[] told = [client.Expect<RelayMessage>(), client.Expect<RelayMessage>()];
        Assert.Contains(new ClosedMessage(first), told);
        AssertListening(Assert.Single(told.OfType<ListeningMessage>()), 6);
    }

    [Fact]
    public void Of_two_that_wait_for_a_key_one_gets_it_and_the_other_is_closed()
    {
        Vanish();
        TestClient client = _scenario.ConnectAndGreet();
        client.Listen(6);
        client.Listen(7);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        _withdrawn.SetResult();
        RelayMessage[] told =
            [client.Expect<RelayMessage>(), client.Expect<RelayMessage>(), client.Expect<RelayMessage>()];
        ListeningMessage refused = told.OfType<ListeningMessage>().Single(static l => l.EndPoint.Port == 0);
        Assert.Contains(new ClosedMessage(refused.Alias), told);
        Assert.Single(told.OfType<ListeningMessage>(), static l => l.EndPoint.Equals(FakeServer.EndPoint));
        Assert.False(Server.IsClosed);
    }

    [Fact]
    public void One_that_waits_for_a_key_ends_with_its_session()
    {
        Vanish();
        TestClient client = _scenario.ConnectAndGreet();
        client.Listen(6);
        client.Synchronize();
        client.Cut();
        client.ExpectEnd();
        _withdrawn.SetResult();
        Assert.Single(_scenario.Node.Servers);
    }

    [Fact]
    public void A_key_that_is_in_use_is_not_waited_for()
    {
        _scenario.ConnectAndGreet().ListenAndHear(5);
        TestClient client = _scenario.ConnectAndGreet();
        client.Listen(6);
        ListeningMessage listening = client.Expect<ListeningMessage>();
        Assert.Equal(new ClosedMessage(listening.Alias), client.Expect<ClosedMessage>());
    }

    /// <summary>A client vanishes, and its server is taken back until the test says so.</summary>
    private void Vanish()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        Server.Withdrawing = _withdrawn.Task;
        FakeServer server = Server;
        client.Cut();
        _scenario.Kit.RunUntil(() => server.IsClosing, "the closing of the server");
    }

    private void ExpectListening(TestClient client, uint alias) =>
        AssertListening(client.Expect<ListeningMessage>(), alias);

    private void AssertListening(ListeningMessage listening, uint alias)
    {
        Assert.Equal(alias, listening.RemoteAlias);
        Assert.Equal(FakeServer.EndPoint, listening.EndPoint);
        Assert.False(Server.IsClosed);
    }
}
