using System.Net;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Administration;

/// <summary>What an operator is told of sessions, and their close by one.</summary>
public sealed class SessionCensusTests : IAsyncDisposable
{
    private readonly RelayScenario _scenario = new(new RelayOptions { NodeName = "relay-a", MaxQueries = 2000 });

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void A_session_tells_who_it_is_and_what_it_has_relayed()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        DateTimeOffset since = _scenario.Kit.Clock.GetUtcNow();
        uint stream = client.ConnectAndOpen(1, peer: 1);
        client.ListenAndHear(2);
        client.SayData(1, new byte[10], new byte[20]);
        _scenario.Kit.RunUntil(() => peer.Received.Count == 2, "the data");
        peer.Send(new byte[5]);
        client.ExpectData(stream);
        _scenario.Kit.Advance(TimeSpan.FromSeconds(3));

        SessionSummary session = Assert.Single(GetSessions());

        Assert.Equal("relay-a-1", session.Id);
        Assert.Equal("memory:0", session.Client);
        Assert.Equal(ClientTransport.Other, session.Transport);
        Assert.Equal(RelayDialect.Hyperswarm, session.Dialect);
        Assert.True(session.IsCustodial);
        Assert.Equal(since, session.Since);
        Assert.Equal((1, 1, 0), (session.Streams, session.Servers, session.Queries));
        Assert.Equal((30, 5), (session.BytesToPeers, session.BytesToClient));
    }

    [Fact]
    public void The_client_is_known_by_its_address_behind_proxies()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        var origin = new ClientOrigin(IPEndPoint.Parse("203.0.113.7:51234"), ClientTransport.WebSocket);
        Task serving = _scenario.Relay.ServeAsync(relay, origin);

        SessionSummary session = Assert.Single(GetSessions());

        Assert.Equal(("203.0.113.7:51234", ClientTransport.WebSocket), (session.Client, session.Transport));
        Assert.Null(session.Dialect);
        Assert.Null(session.IsCustodial);
        client.Abort();
        _scenario.Kit.RunUntilCompleted(serving);
    }

    [Fact]
    public void A_session_tells_of_all_that_works_for_it()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        _scenario.Node.AddTopic(3);
        TestClient client = _scenario.ConnectAndGreet();
        uint dialled = client.ConnectAndOpen(1, peer: 1);
        uint server = client.ListenAndHear(2, key: 9);
        Assert.Single(_scenario.Node.Servers).Connect(peer: 4);
        uint accepted = client.TakeConnection(3, server);
        client.Say(new LookupMessage(7, FakeNode.Key(3)));
        client.Synchronize();
        peer.Send(new byte[5]);
        client.ExpectData(dialled);
        _scenario.Kit.Advance(TimeSpan.FromSeconds(2));

        SessionTree tree = Find("relay-a-1")!;

        Assert.True(tree.IsWhole);
        Assert.Equal("relay-a-1", tree.Session.Id);
        TimeSpan age = TimeSpan.FromSeconds(2);
        using var keyPair = TestClient.CreateKeyPair(9);
        Assert.Equal([new ServerSummary(2, keyPair.PublicKey, IsListening: true, age, Accepted: 1)], tree.Servers);
        Assert.Equal(
            [
                new StreamSummary(1, StreamDirection.Dialled, FakeNode.Key(1), IsOpen: true, age, 0, 5),
                new StreamSummary(accepted, StreamDirection.Accepted, FakeNode.Key(4), IsOpen: true, age, 0, 0),
            ],
            tree.Streams);
        Assert.Equal([new QuerySummary(7, "lookup", FakeNode.Key(3), age)], tree.Queries);
    }

    [Fact]
    public void What_is_not_there_yet_is_told_as_such()
    {
        var never = new TaskCompletionSource();
        _scenario.Node.Announcing = never.Task;
        _scenario.Node.AddSilentServer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(1, peer: 1);
        client.Listen(2);
        client.Synchronize();

        SessionTree tree = Find("relay-a-1")!;

        Assert.False(Assert.Single(tree.Streams).IsOpen);
        Assert.False(Assert.Single(tree.Servers).IsListening);
        never.SetResult();
    }

    [Fact]
    public void Of_a_session_with_too_much_only_a_part_is_told()
    {
        _scenario.Node.AddTopic(3);
        TestClient client = _scenario.ConnectAndGreet();
        foreach (int i in Enumerable.Range(1, 1001))
        {
            client.Say(new LookupMessage((uint)i, FakeNode.Key(3)));
        }

        client.Synchronize();

        SessionTree tree = Find("relay-a-1")!;

        Assert.False(tree.IsWhole);
        Assert.Equal(1001, tree.Session.Queries);
        Assert.Equal(1000, tree.Queries.Count);
    }

    [Fact]
    public void Many_sessions_are_told_page_by_page_in_their_order()
    {
        List<TestClient> clients = [.. Enumerable.Range(0, 250).Select(_ => _scenario.Connect())];
        clients[4].Cut();
        _scenario.Kit.RunUntilCompleted(clients[4].Session);

        string[] ids = [.. GetSessions().Select(session => session.Id)];

        Assert.Equal([.. Enumerable.Range(1, 250).Where(i => i != 5).Select(i => $"relay-a-{i}")], ids);
    }

    [Theory]
    [InlineData("relay-a-2")]
    [InlineData("1")]
    [InlineData("")]
    public void An_unknown_session_is_none(string id)
    {
        _scenario.ConnectAndGreet();

        Assert.Null(Find(id));
        Assert.False(_scenario.Kit.RunUntilCompleted(_scenario.Relay.CloseSessionAsync(id, "go")));
    }

    [Fact]
    public void A_session_that_an_operator_closes_is_told_the_reason()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient other = _scenario.ConnectAndGreet();
        TestClient client = _scenario.ConnectAndGreet();
        uint stream = client.ConnectAndOpen(1, peer: 1);

        Assert.True(_scenario.Kit.RunUntilCompleted(_scenario.Relay.CloseSessionAsync("relay-a-2", "too loud")));

        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal((stream, "RELAY_LOST: too loud"), (destroy.Alias, destroy.Error));
        client.ExpectEnd();
        Assert.Equal(new CloseReason(CloseKind.Refused, "too loud"), client.RelaysTransport.Reason);
        Assert.Contains(
            _scenario.LogLines, line => line.Contains("relay-a-2 closed: Kicked", StringComparison.Ordinal));
        other.Synchronize();
    }

    private List<SessionSummary> GetSessions() => _scenario.Kit.RunUntilCompleted(CollectAsync());

    private async Task<List<SessionSummary>> CollectAsync()
    {
        List<SessionSummary> sessions = [];
        await foreach (SessionSummary session in _scenario.Relay.GetSessionsAsync())
        {
            sessions.Add(session);
        }

        return sessions;
    }

    private SessionTree? Find(string id) => _scenario.Kit.RunUntilCompleted(_scenario.Relay.GetSessionAsync(id));
}
