using System.Net;
using System.Threading.Channels;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Queries;

/// <summary>The choreography of lookup, announce and unannounce.</summary>
public sealed class QueryTests : IAsyncDisposable
{
    private readonly RelayScenario _scenario = new(new RelayOptions { MaxQueries = 4 });

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void Results_come_as_the_nodes_answer_and_then_the_query_is_finished()
    {
        ChannelWriter<LookupReply> topic = _scenario.Node.AddTopic(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new LookupMessage(9, FakeNode.Key(1)));
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        topic.TryWrite(Reply(1));
        ResultMessage first = client.Expect<ResultMessage>();
        Assert.Equal(9u, first.Id);
        Announcers announcers = Announcers.Decode(first.Data.Span);
        Assert.Equal(FakeNode.Key(1), announcers.Token);
        Assert.Equal(FakeNode.Key(101), announcers.From.Id);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 1001), announcers.From.EndPoint);
        Assert.Null(announcers.To.Id);
        AnnouncedPeer peer = Assert.Single(announcers.Peers);
        Assert.Equal(FakeNode.Key(201), peer.PublicKey);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 3001)], peer.RelayAddresses);
        topic.TryWrite(Reply(2));
        Assert.Equal(FakeNode.Key(2), Announcers.Decode(client.Expect<ResultMessage>().Data.Span).Token);
        topic.Complete();
        Assert.Equal(new FinishedMessage(9), client.Expect<FinishedMessage>());
    }

    [Fact]
    public void A_query_that_finds_nothing_is_finished()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new LookupMessage(9, FakeNode.Key(404)));
        Assert.Equal(new FinishedMessage(9), client.Expect<FinishedMessage>());
    }

    [Fact]
    public void A_query_that_fails_is_finished_too()
    {
        ChannelWriter<LookupReply> topic = _scenario.Node.AddTopic(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new LookupMessage(9, FakeNode.Key(1)));
        topic.Complete(new DhtException(DhtError.RequestTimeout));
        Assert.Equal(new FinishedMessage(9), client.Expect<FinishedMessage>());
        client.Synchronize();
        Assert.False(client.Session.IsCompleted);
    }

    [Fact]
    public void Announce_and_unannounce_use_the_keys_they_bring_and_zero_them()
    {
        TestClient client = _scenario.ConnectAndGreet();
        using Crypto.KeyPair keyPair = TestClient.CreateKeyPair(3);
        client.Say(new AnnounceMessage(1, FakeNode.Key(1), keyPair.PublicKey, keyPair));
        client.Expect<FinishedMessage>();
        client.Say(new UnannounceMessage(2, FakeNode.Key(1), keyPair.PublicKey, keyPair));
        client.Expect<FinishedMessage>();
        Assert.Equal(["announce", "unannounce"], _scenario.Node.Questions);
        Assert.All(_scenario.Node.KeyPairs, used => Assert.Equal(keyPair.PublicKey, used.PublicKey));
        _scenario.Kit.RunUntil(
            () => _scenario.Node.KeyPairs.All(static used => used.SecretKey.IndexOfAnyExcept((byte)0) < 0),
            "secret keys of zeroes");
    }

    [Fact]
    public void Noncustodial_announces_where_the_node_cannot_do_that_are_finished_at_once_and_leave_a_warning()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new AnnounceMessage(1, FakeNode.Key(1), FakeNode.Key(2), null));
        Assert.Equal(new FinishedMessage(1), client.Expect<FinishedMessage>());
        client.Say(new UnannounceMessage(2, FakeNode.Key(1), FakeNode.Key(2), null));
        Assert.Equal(new FinishedMessage(2), client.Expect<FinishedMessage>());
        Assert.Empty(_scenario.Node.Questions);
        Assert.Equal(2, _scenario.LogLines.Count(static line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_id_in_use_ends_the_session()
    {
        _scenario.Node.AddTopic(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new LookupMessage(9, FakeNode.Key(1)));
        client.Say(new LookupMessage(9, FakeNode.Key(1)));
        client.ExpectEnd();
        Assert.Contains(_scenario.LogLines, static line => line.Contains("The id 9", StringComparison.Ordinal));
        _scenario.Kit.RunUntil(() => _scenario.Node.Queries == 0, "the end of a lookup that nobody waits for");
    }

    [Fact]
    public void At_the_limit_of_queries_the_session_is_not_read_until_one_is_finished()
    {
        ChannelWriter<LookupReply>[] topics = [.. Enumerable.Range(1, 6).Select(_scenario.Node.AddTopic)];
        TestClient client = _scenario.ConnectAndGreet();
        foreach (int id in Enumerable.Range(1, 6))
        {
            client.Say(new LookupMessage((uint)id, FakeNode.Key(id)));
        }

        _scenario.Kit.RunUntil(() => _scenario.Node.Queries == 4, "four queries");
        client.ExpectNothing();
        Assert.Equal(4, _scenario.Node.Questions.Count);

        // The client is not silent while we do not listen.
        _scenario.Kit.Advance(TimeSpan.FromMinutes(5));
        Assert.False(client.Session.IsCompleted);
        foreach (ChannelWriter<LookupReply> topic in topics)
        {
            topic.Complete();
            client.Expect<FinishedMessage>();
        }
    }

    [Fact]
    public void Sessions_that_look_up_the_same_share_a_query()
    {
        ChannelWriter<LookupReply> topic = _scenario.Node.AddTopic(1);
        TestClient[] clients = [.. Enumerable.Range(0, 5).Select(_ => _scenario.ConnectAndGreet())];
        foreach (TestClient client in clients)
        {
            client.Say(new LookupMessage(9, FakeNode.Key(1)));
            client.Synchronize();
        }

        topic.TryWrite(Reply(1));
        topic.TryWrite(Reply(2));
        topic.Complete();
        foreach (TestClient client in clients)
        {
            Assert.Equal(FakeNode.Key(1), Announcers.Decode(client.Expect<ResultMessage>().Data.Span).Token);
            Assert.Equal(FakeNode.Key(2), Announcers.Decode(client.Expect<ResultMessage>().Data.Span).Token);
            Assert.Equal(new FinishedMessage(9), client.Expect<FinishedMessage>());
        }

        Assert.Equal(["lookup"], _scenario.Node.Questions);
    }

    [Fact]
    public void Who_has_announced_is_not_given_what_was_found_before()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new LookupMessage(1, FakeNode.Key(1)));
        client.Expect<FinishedMessage>();
        client.Say(new LookupMessage(2, FakeNode.Key(1)));
        client.Expect<FinishedMessage>();
        using Crypto.KeyPair keyPair = TestClient.CreateKeyPair(3);
        client.Say(new AnnounceMessage(3, FakeNode.Key(1), keyPair.PublicKey, keyPair));
        client.Expect<FinishedMessage>();
        client.Say(new LookupMessage(4, FakeNode.Key(1)));
        client.Expect<FinishedMessage>();
        client.Say(new UnannounceMessage(5, FakeNode.Key(1), keyPair.PublicKey, keyPair));
        client.Expect<FinishedMessage>();
        client.Say(new LookupMessage(6, FakeNode.Key(1)));
        client.Expect<FinishedMessage>();
        Assert.Equal(["lookup", "announce", "lookup", "unannounce", "lookup"], _scenario.Node.Questions);
    }

    [Fact]
    public void A_client_that_takes_no_results_holds_up_its_query()
    {
        ChannelWriter<LookupReply> topic = _scenario.Node.AddTopic(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new LookupMessage(9, FakeNode.Key(1)));
        const int Replies = 20_000;
        foreach (int i in Enumerable.Range(0, Replies))
        {
            topic.TryWrite(Reply(i));
        }

        topic.Complete();
        _scenario.Kit.RunUntil(() => client.Transport.IsRemoteFull, "a full connection");
        int results = 0;
        while (client.Expect<RelayMessage>() is ResultMessage)
        {
            results++;
        }

        Assert.Equal(Replies, results);
    }

    [Fact]
    public void The_end_of_the_session_cancels_its_queries()
    {
        _scenario.Node.AddTopic(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new LookupMessage(9, FakeNode.Key(1)));
        _scenario.Kit.RunUntil(() => _scenario.Node.Queries == 1, "the query");
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        _scenario.Kit.RunUntil(() => _scenario.Node.Queries == 0, "the end of a lookup that nobody waits for");
    }

    private static LookupReply Reply(int number) => new(
        FakeNode.Key(number),
        new DhtNodeAddress(FakeNode.Key(100 + number), new IPEndPoint(IPAddress.Loopback, 1000 + (number % 1000))),
        new DhtNodeAddress(null, new IPEndPoint(IPAddress.Loopback, 2000)),
        [new DhtPeer(FakeNode.Key(200 + number), [new IPEndPoint(IPAddress.Loopback, 3000 + (number % 1000))])]);
}
