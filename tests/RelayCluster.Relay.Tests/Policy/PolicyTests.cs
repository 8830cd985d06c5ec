using System.Net;
using RelayCluster.Crypto;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Policy;

/// <summary>How a relay holds its clients to a policy that goes by options.</summary>
public sealed class PolicyTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly PolicyOptions _options = new();
    private RelayScenario? _scenario;

    /// <summary>Begins with the first use, when the options are set.</summary>
    private RelayScenario Scenario =>
        _scenario ??= new RelayScenario(node: Node, policy: clock => new LimitingPolicy(_options, clock));

    private KeylessFakeNode Node { get; } = new();

    public ValueTask DisposeAsync() => _scenario?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public void A_client_from_a_denied_address_is_closed_with_the_reason()
    {
        _options.Addresses.Deny = [IPNetwork.Parse("203.0.113.0/24")];
        TestClient denied = Scenario.Connect(origin: From("203.0.113.7"));
        denied.ExpectEnd();
        Assert.Equal(
            new CloseReason(CloseKind.Refused, "Clients from this address are not served"),
            denied.RelaysTransport.Reason);
        Assert.Equal(1, Scenario.Refusals("session", "denied_address"));
        Assert.Contains(
            Scenario.LogLines,
            static line => line.StartsWith("Debug: Session 1", StringComparison.Ordinal)
                && line.Contains("denied_address", StringComparison.Ordinal));
        Scenario.ConnectAndGreet(origin: From("203.0.114.7"));
    }

    [Fact]
    public void A_client_with_a_denied_key_is_closed_with_the_reason()
    {
        using KeyPair keyPair = TestClient.CreateKeyPair();
        _options.Clients.Deny = [keyPair.PublicKey];
        TestClient client = Scenario.Connect();
        client.Handshake();
        client.ExpectEnd();
        Assert.Equal(CloseKind.Refused, client.RelaysTransport.Reason?.Kind);
        Assert.Equal("Clients with this public key are not served", client.RelaysTransport.Reason?.Text);
        Assert.Equal(1, Scenario.Refusals("session", "denied_client"));
    }

    [Fact]
    public void Sessions_of_an_address_are_counted_until_they_are_over()
    {
        _options.Address.Sessions = 2;
        TestClient first = Scenario.ConnectAndGreet(origin: From("203.0.113.7"));
        Scenario.ConnectAndGreet(origin: From("203.0.113.7"));
        TestClient third = Scenario.Connect(origin: From("203.0.113.7"));
        third.ExpectEnd();
        Assert.Equal(
            "The address has 2 sessions, and may not have more", third.RelaysTransport.Reason?.Text);
        Assert.Equal(1, Scenario.Refusals("session", "address_sessions"));
        Scenario.ConnectAndGreet(origin: From("203.0.113.8"));
        Scenario.ConnectAndGreet();
        first.Cut();
        Scenario.Kit.RunUntilCompleted(first.Session);
        Scenario.ConnectAndGreet(origin: From("203.0.113.7"));
    }

    [Fact]
    public void A_session_beyond_those_of_the_relay_is_counted_as_refused_and_leaves_no_trace_with_its_address()
    {
        _options.Address.Sessions = 1;
        _scenario = new RelayScenario(
            new RelayOptions { MaxSessions = 1 }, policy: clock => new LimitingPolicy(_options, clock));
        TestClient first = Scenario.ConnectAndGreet(origin: From("203.0.113.7"));
        Scenario.Connect(origin: From("203.0.113.8")).ExpectEnd();
        Assert.Equal(1, Scenario.Refusals("session", "node_sessions"));
        first.Cut();
        Scenario.Kit.RunUntilCompleted(first.Session);
        Scenario.ConnectAndGreet(origin: From("203.0.113.8"));
    }

    [Fact]
    public void A_denied_peer_is_not_dialled_and_the_client_told_why()
    {
        _options.Remotes.Deny = [FakeNode.Key(1)];
        Node.AddPeer(1);
        Node.AddPeer(2);
        TestClient client = Scenario.ConnectAndGreet();
        client.Connect(4, peer: 1);
        Assert.Equal(
            new DestroyMessage(IsPaired: false, 4, "This public key may not be connected to"),
            client.Expect<DestroyMessage>());
        Assert.Equal(1, Scenario.Refusals("stream", "denied_remote"));
        Assert.Empty(Node.KeyPairs);
        client.ConnectAndOpen(4, peer: 2);
    }

    [Fact]
    public void Streams_of_an_address_are_counted_over_its_sessions_until_they_are_over()
    {
        _options.Address.Streams = 2;
        Node.AddPeer(1);
        TestClient one = Scenario.ConnectAndGreet(origin: From("2001:db8::1"));
        TestClient other = Scenario.ConnectAndGreet(origin: From("2001:db8::2"));
        one.ConnectAndOpen(1, peer: 1);
        one.ConnectAndOpen(2, peer: 1);
        other.Connect(1, peer: 1);
        Assert.Equal(
            "The address has 2 streams, and may not have more", other.Expect<DestroyMessage>().Error);
        Assert.Equal(1, Scenario.Refusals("stream", "address_streams"));
        one.Say(new DestroyMessage(IsPaired: true, 1, null));
        one.Synchronize();
        Scenario.Kit.RunUntil(() => Scenario.Metric("relay.streams") == 1, "the end of a stream");
        other.ConnectAndOpen(2, peer: 1);
    }

    [Fact]
    public void Opens_beyond_the_rate_are_refused_until_it_allows_more()
    {
        _options.Session.OpensPerSecond = 2;
        Node.AddPeer(1);
        TestClient client = Scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        client.ConnectAndOpen(2, peer: 1);
        client.Connect(3, peer: 1);
        Assert.Contains("more than 2 a second", client.Expect<DestroyMessage>().Error, StringComparison.Ordinal);
        Assert.Equal(1, Scenario.Refusals("stream", "session_opens"));
        Scenario.Kit.Advance(Second / 2);
        client.ConnectAndOpen(3, peer: 1);
    }

    [Fact]
    public void A_server_that_may_not_be_is_closed_as_it_listens()
    {
        using KeyPair denied = TestClient.CreateKeyPair(1);
        _options.Servers.Deny = [denied.PublicKey];
        _options.Node.Servers = 1;
        TestClient client = Scenario.ConnectAndGreet();
        client.Listen(5, key: 1);
        Assert.Equal(client.Expect<ListeningMessage>().Alias, client.Expect<ClosedMessage>().Alias);
        Assert.Equal(1, Scenario.Refusals("server", "denied_server"));
        client.ListenAndHear(6, key: 2);
        client.Listen(7, key: 3);
        Assert.Equal(client.Expect<ListeningMessage>().Alias, client.Expect<ClosedMessage>().Alias);
        Assert.Equal(1, Scenario.Refusals("server", "node_servers"));
        Assert.Single(Node.Servers);
        client.Say(new CloseMessage(6));
        client.Expect<ClosedMessage>();
        client.ListenAndHear(7, key: 3);
    }

    [Fact]
    public void A_query_that_may_not_be_is_finished_and_its_key_zeroed()
    {
        using KeyPair denied = TestClient.CreateKeyPair(1);
        _options.Clients.Deny = [denied.PublicKey];
        _options.Address.Queries = 1;
        Node.AddTopic(1);
        TestClient client = Scenario.ConnectAndGreet(origin: From("203.0.113.7"));
        client.Say(new AnnounceMessage(1, FakeNode.Key(1), denied.PublicKey, denied));
        Assert.Equal(new FinishedMessage(1), client.Expect<FinishedMessage>());
        client.Say(new AnnounceMessage(2, FakeNode.Key(1), denied.PublicKey, null));
        Assert.Equal(new FinishedMessage(2), client.Expect<FinishedMessage>());
        Assert.Equal(2, Scenario.Refusals("query", "denied_client"));
        client.Say(new LookupMessage(3, FakeNode.Key(1)));
        client.Say(new LookupMessage(4, FakeNode.Key(1)));
        Assert.Equal(new FinishedMessage(4), client.Expect<FinishedMessage>());
        Assert.Equal(1, Scenario.Refusals("query", "address_queries"));
        Node.AddTopic(1).Complete();
        Assert.Equal(new FinishedMessage(3), client.Expect<FinishedMessage>());
        client.Say(new LookupMessage(5, FakeNode.Key(2)));
        Assert.Equal(new FinishedMessage(5), client.Expect<FinishedMessage>());
        Assert.Equal(3, Scenario.Refusals("query", "denied_client") + Scenario.Refusals("query", "address_queries"));
    }

    [Fact]
    public void A_denied_peer_is_not_let_in_and_the_client_not_asked()
    {
        _options.Remotes.Deny = [FakeNode.Key(1)];
        TestClient client = Scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        FakeServer server = Node.Servers.Last();
        Assert.False(Scenario.Kit.RunUntilCompleted(server.Knock(peer: 1)));
        client.ExpectNothing();
        Assert.Equal(1, Scenario.Refusals("peer", "denied_remote"));
        Task<bool> knock = server.Knock(peer: 2);
        client.Say(new AcceptMessage(client.Expect<IncomingMessage>().Id));
        Assert.True(Scenario.Kit.RunUntilCompleted(knock));
    }

    [Fact]
    public void A_connection_beyond_the_streams_of_an_address_is_destroyed_and_those_after_it_are_taken()
    {
        _options.Address.Streams = 1;
        TestClient client = Scenario.ConnectAndGreet(origin: From("203.0.113.7"));
        uint alias = client.ListenAndHear(5);
        FakeServer server = Node.Servers.Last();
        FakePeer first = server.Connect(peer: 1);
        client.TakeConnection(1, alias);
        FakePeer second = server.Connect(peer: 2);
        Scenario.Kit.RunUntil(() => second.IsDisposed, "the end of the second connection");
        Assert.Equal(1, Scenario.Refusals("peer", "address_streams"));
        Assert.False(first.IsDisposed);
        client.Say(new DestroyMessage(IsPaired: true, 1, null));
        Scenario.Kit.RunUntil(() => first.IsDisposed, "the end of the first connection");
        server.Connect(peer: 3);
        client.TakeConnection(2, alias);
    }

    [Fact]
    public void A_client_beyond_its_rate_is_not_read_and_loses_nothing()
    {
        _options.Session.BytesPerSecond = 1200;
        FakePeer peer = Node.AddPeer(1);
        TestClient client = Scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        foreach (int i in Enumerable.Range(0, 4))
        {
            client.SayData(alias: 1, Bytes(500, i));
        }

        // A second's worth goes at once; the third message goes beyond it, and is what the fourth waits for.
        Scenario.Kit.RunUntil(() => peer.Received.Count == 3, "three messages at the peer");
        Scenario.Kit.RunUntilIdle();
        Assert.Equal(3, peer.Received.Count);
        Assert.Equal(1, Scenario.Metric("relay.sessions.paused"));
        Scenario.Kit.Advance(Second / 2);
        Scenario.Kit.RunUntil(() => peer.Received.Count == 4, "the fourth message at the peer");
        Assert.Equal(Enumerable.Range(0, 4).Select(static i => Bytes(500, i)), peer.Received);
        Assert.Equal(0, Scenario.Metric("relay.refusals"));
    }

    [Fact]
    public void A_client_that_waits_for_its_rate_is_not_taken_for_silent()
    {
        _options.Session.BytesPerSecond = 100;
        FakePeer peer = Node.AddPeer(1);
        TestClient client = Scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        client.SayData(alias: 1, Bytes(100 * 300, 0));
        Scenario.Kit.RunUntil(() => peer.Received.Count == 1, "the message at the peer");
        foreach (int _ in Enumerable.Range(0, 16))
        {
            Scenario.Kit.Advance(TimeSpan.FromSeconds(15));
            client.Expect<PingMessage>();
        }

        Assert.False(client.Session.IsCompleted);
        Scenario.Kit.Advance(TimeSpan.FromSeconds(60));
        client.Synchronize();
    }

    [Fact]
    public void A_peer_beyond_the_clients_rate_is_not_read_and_loses_nothing()
    {
        _options.Address.BytesPerSecond = 1000;
        FakePeer peer = Node.AddPeer(1);
        TestClient client = Scenario.ConnectAndGreet(origin: From("203.0.113.7"));
        uint alias = client.ConnectAndOpen(1, peer: 1);
        foreach (int i in Enumerable.Range(0, 4))
        {
            peer.Send(Bytes(500, i));
        }

        peer.SendEnd();
        foreach (int i in Enumerable.Range(0, 3))
        {
            Assert.Equal([Bytes(500, i)], client.ExpectData(alias));
        }

        client.ExpectNothing();
        Assert.Equal(3, peer.TakenByRelay);
        Scenario.Kit.Advance(Second / 2);
        Assert.Equal([Bytes(500, 3)], client.ExpectData(alias));
        client.ExpectNothing();
        Scenario.Kit.Advance(Second / 2);
        client.Expect<EndMessage>();
    }

    private static ClientOrigin From(string address) =>
        new(new IPEndPoint(IPAddress.Parse(address), 50_000), ClientTransport.WebSocket);

    private static byte[] Bytes(int count, int fill) => [.. Enumerable.Repeat((byte)fill, count)];
}
