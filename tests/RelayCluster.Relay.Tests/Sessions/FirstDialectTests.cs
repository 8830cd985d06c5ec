using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Sessions;

/// <summary>What a client of the first dialect is told that keeps its secret key.</summary>
public sealed class FirstDialectTests : IAsyncDisposable
{
    private static readonly Fixed32 Own = FakeNode.Key(7);

    private readonly RelayScenario _scenario = new();

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void A_connection_with_a_key_that_the_client_keeps_is_refused_with_the_reason()
    {
        TestClient client = Greet();
        client.Say(new ConnectMessage(3, Own, null, FakeNode.Key(9)));
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal((false, 3u), (destroy.IsPaired, destroy.Alias));
        Assert.StartsWith("SERVER_INCOMPATIBLE: ", destroy.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_on_a_key_that_the_client_keeps_closes_at_once()
    {
        TestClient client = Greet();
        client.Say(new ListenMessage(5, Own, null));
        ListeningMessage listening = client.Expect<ListeningMessage>();
        Assert.Equal(5u, listening.RemoteAlias);
        Assert.Equal(new ClosedMessage(listening.Alias), client.Expect<ClosedMessage>());
        Assert.Empty(_scenario.Node.Servers);
    }

    [Fact]
    public void Announcements_with_a_key_that_the_client_keeps_finish_without_a_result()
    {
        TestClient client = Greet();
        client.Say(new AnnounceMessage(6, FakeNode.Key(1), Own, null));
        Assert.Equal(new FinishedMessage(6), client.Expect<FinishedMessage>());
        client.Say(new UnannounceMessage(7, FakeNode.Key(1), Own, null));
        Assert.Equal(new FinishedMessage(7), client.Expect<FinishedMessage>());
    }

    [Fact]
    public void A_server_on_a_key_that_the_client_hands_over_works_beside()
    {
        TestClient client = Greet();
        client.Say(new ListenMessage(5, Own, null));
        client.Expect<ListeningMessage>();
        client.Expect<ClosedMessage>();
        client.ListenAndHear(5);
    }

    private TestClient Greet()
    {
        TestClient client = _scenario.Connect(RelayDialect.Web4);
        client.Say(new HandshakeMessage(Own, null));
        client.Synchronize();
        return client;
    }
}
