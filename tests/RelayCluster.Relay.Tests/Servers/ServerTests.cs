using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Servers;

/// <summary>The choreography of a server: listen, listening, connection, connected, close, closed.</summary>
public sealed class ServerTests : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = new RelayOptions().AnswerTimeout;

    private readonly RelayScenario _scenario = new(new RelayOptions { MaxStreams = 2, MaxServers = 2 });

    private FakeServer Server => _scenario.Node.Servers.Last();

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void A_listen_uses_the_key_pair_it_brings_and_is_answered_with_both_aliases_and_the_address()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Assert.NotEqual(client.ListenAndHear(5, key: 1), client.ListenAndHear(6, key: 2));
        using Crypto.KeyPair keyPair = TestClient.CreateKeyPair(2);
        Assert.Equal(keyPair.PublicKey, Server.PublicKey);
        Assert.True(Server.KeyPair.SecretKey.SequenceEqual(keyPair.SecretKey));
    }

    [Fact]
    public void A_connection_is_told_with_the_servers_alias_and_data_passes_both_ways()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        FakePeer peer = Server.Connect(peer: 9);
        ConnectionMessage connection = client.Expect<ConnectionMessage>();
        Assert.Equal(server, connection.ServerAlias);
        Assert.NotEqual(server, connection.Alias);
        Assert.Equal(FakeNode.Key(9), connection.RemotePublicKey);
        Assert.Equal(FakePeer.Hash, connection.HandshakeHash.ToArray());
        client.Say(new ConnectedMessage(70, connection.Alias));
        client.SayData(70, [1, 2], [3]);
        _scenario.Kit.RunUntil(() => peer.Received.Count == 2, "two messages at the peer");
        Assert.Equal([[1, 2], [3]], peer.Received);
        peer.Send([4]);
        Assert.Equal([[4]], client.ExpectData(connection.Alias));
    }

    [Fact]
    public void What_a_peer_says_at_once_comes_behind_its_connection_without_waiting_for_the_clients_alias()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        FakePeer peer = Server.Connect(peer: 9);
        peer.Send([1]);
        ConnectionMessage connection = client.Expect<ConnectionMessage>();
        Assert.Equal([[1]], client.ExpectData(connection.Alias));
    }

    [Fact]
    public void Both_ends_end_an_accepted_stream_without_a_destroy()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        FakePeer peer = Server.Connect(peer: 9);
        uint alias = client.TakeConnection(70, server);
        peer.SendEnd();
        Assert.Equal(new EndMessage(alias), client.Expect<EndMessage>());
        client.Say(new EndMessage(70));
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the end of the stream");
        Assert.True(peer.IsEndedByRelay);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
    }

    [Fact]
    public void The_clients_destroy_names_its_alias_and_the_relays_destroy_its_own()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        FakePeer first = Server.Connect(peer: 8);
        client.TakeConnection(70, server);
        client.Say(new DestroyMessage(IsPaired: true, 70, null));
        _scenario.Kit.RunUntil(() => first.IsDisposed, "the destroyed stream");
        FakePeer second = Server.Connect(peer: 9);
        uint alias = client.TakeConnection(71, server);
        second.Break(new Dht.DhtException(Dht.DhtError.StreamReset));
        Assert.Equal(
            new DestroyMessage(IsPaired: true, alias, "ECONNRESET: connection reset by peer"),
            client.Expect<DestroyMessage>());
    }

    [Fact]
    public void A_connection_that_the_client_does_not_take_is_destroyed_after_a_while()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        FakePeer peer = Server.Connect(peer: 9);
        ConnectionMessage connection = client.Expect<ConnectionMessage>();
        client.Synchronize();
        _scenario.Kit.Advance(AnswerTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(peer.IsDestroyed);
        _scenario.Kit.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(connection.Alias, client.Expect<DestroyMessage>().Alias);
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the end of the stream");
        client.Say(new ConnectedMessage(70, connection.Alias));
        client.Synchronize();
        Assert.False(client.Session.IsCompleted);
    }

    [Fact]
    public void A_connection_that_was_taken_stays_beyond_the_time_to_take_it()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        FakePeer peer = Server.Connect(peer: 9);
        client.TakeConnection(70, server);
        client.Synchronize();
        _scenario.Kit.Advance(2 * AnswerTimeout);
        client.Synchronize();
        Assert.False(peer.IsDestroyed);
    }

    [Fact]
    public void A_close_is_answered_when_the_server_is_taken_back_and_its_streams_go_on()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        FakeServer first = Server;
        FakePeer peer = first.Connect(peer: 9);
        uint alias = client.TakeConnection(70, server);
        client.Say(new CloseMessage(5));
        Assert.Equal(new ClosedMessage(server), client.Expect<ClosedMessage>());
        Assert.True(first.IsClosed);
        Assert.True(first.HadKeyAtClose);
        Assert.Equal(-1, first.KeyPair.SecretKey.IndexOfAnyExcept((byte)0));
        peer.Send([1]);
        Assert.Equal([[1]], client.ExpectData(alias));
        Assert.NotEqual(server, client.ListenAndHear(5));
    }

    [Fact]
    public void A_close_does_not_wait_for_ever_for_nodes_that_do_not_answer()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        Server.Withdrawing = new TaskCompletionSource().Task;
        client.Say(new CloseMessage(5));
        client.Say(new CloseMessage(5));
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        TimeSpan patience = TimeSpan.FromSeconds(2);
        _scenario.Kit.RunUntil(() => _scenario.Kit.Clock.UntilNextTimer == patience, "the deadline");
        _scenario.Kit.Advance(patience);
        Assert.Equal(new ClosedMessage(server), client.Expect<ClosedMessage>());
    }

    [Fact]
    public void A_close_before_the_server_listens_takes_it_back()
    {
        _scenario.Node.Announcing = new TaskCompletionSource().Task;
        TestClient client = _scenario.ConnectAndGreet();
        client.Listen(5);
        _scenario.Kit.RunUntil(() => _scenario.Node.Servers.Count == 1, "the listen");
        client.Say(new CloseMessage(5));
        client.Expect<ClosedMessage>();
        Assert.True(Server.IsClosed);
    }

    [Fact]
    public void A_key_pair_in_use_gives_a_server_that_is_closed_at_once()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        client.Listen(6);
        ListeningMessage listening = client.Expect<ListeningMessage>();
        Assert.Equal(6u, listening.RemoteAlias);
        Assert.Equal(new ClosedMessage(listening.Alias), client.Expect<ClosedMessage>());
        Assert.Contains(
            _scenario.LogLines,
            static line => line.Contains("KEYPAIR_ALREADY_USED", StringComparison.Ordinal));
    }

    [Fact]
    public void More_servers_than_allowed_are_closed_at_once()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5, key: 1);
        client.ListenAndHear(6, key: 2);
        client.Listen(7, key: 3);
        ListeningMessage listening = client.Expect<ListeningMessage>();
        Assert.Equal(7u, listening.RemoteAlias);
        Assert.Equal(new ClosedMessage(listening.Alias), client.Expect<ClosedMessage>());
        Assert.Equal(2, _scenario.Node.Servers.Count);
    }

    [Fact]
    public void A_servers_alias_in_use_ends_the_session()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5, key: 1);
        client.Listen(5, key: 2);
        client.ExpectEnd();
        Assert.Contains(_scenario.LogLines, static line => line.Contains("The alias 5", StringComparison.Ordinal));
        Assert.True(Server.IsClosed);
    }

    [Fact]
    public void A_streams_alias_in_use_ends_the_session()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        FakePeer first = Server.Connect(peer: 8);
        FakePeer second = Server.Connect(peer: 9);
        client.TakeConnection(70, server);
        client.TakeConnection(70, server);
        client.ExpectEnd();
        Assert.True(first.IsDisposed);
        Assert.True(second.IsDisposed);
    }

    [Fact]
    public void Connections_beyond_the_sessions_streams_wait_in_the_backlog()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        foreach (int i in Enumerable.Range(1, 4))
        {
            Server.Connect(peer: i);
        }

        client.TakeConnection(71, server);
        client.TakeConnection(72, server);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        _scenario.Kit.RunUntil(() => Server.Waiting == 1, "one in hand and one in the backlog");
        client.Say(new DestroyMessage(IsPaired: true, 71, null));
        client.TakeConnection(73, server);
        client.Say(new DestroyMessage(IsPaired: true, 72, null));
        client.TakeConnection(74, server);
    }

    [Fact]
    public void The_end_of_the_session_ends_its_servers_and_what_they_accepted()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint server = client.ListenAndHear(5);
        FakePeer taken = Server.Connect(peer: 8);
        client.TakeConnection(70, server);
        client.Synchronize();
        FakePeer fresh = Server.Connect(peer: 9);
        client.Expect<ConnectionMessage>();
        Task<bool> question = Server.Knock(peer: 10);
        client.Expect<IncomingMessage>();
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.True(Server.IsClosed);
        Assert.True(Server.HadKeyAtClose);
        Assert.Equal(-1, Server.KeyPair.SecretKey.IndexOfAnyExcept((byte)0));
        Assert.True(taken.IsDisposed);
        Assert.True(fresh.IsDisposed);

        // a no, or cancelled with the server, whichever came first
        _scenario.Kit.RunUntil(() => question.IsCompleted, "the end of the question");
        Assert.False(question is { IsCompletedSuccessfully: true, Result: true });
    }

    [Fact]
    public void Nobody_listens_on_a_key_of_which_he_has_another_secret_half()
    {
        TestClient client = _scenario.ConnectAndGreet();
        using Crypto.KeyPair own = TestClient.CreateKeyPair(2);
        using Crypto.KeyPair others = TestClient.CreateKeyPair(3);
        byte[] secretKey = [.. own.SecretKey[..32], .. others.PublicKey.Span];
        using var forged = new Crypto.KeyPair(others.PublicKey, secretKey);
        client.Say(new ListenMessage(5, others.PublicKey, forged));
        Assert.Equal(client.Expect<ListeningMessage>().Alias, client.Expect<ClosedMessage>().Alias);
        Assert.Empty(_scenario.Node.Servers);
    }

    [Fact]
    public void The_bounds_are_passed_on_to_the_dht()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(5);
        Assert.Equal(64, Server.Options.Backlog);
        Assert.Equal(256, Server.Options.MaxPendingHandshakes);
        Assert.Equal(new RelayOptions().StreamBufferBytes / 4, Server.Options.Buffers!.Take());
        Assert.Equal(AnswerTimeout, Server.Options.AdmitTimeout);
    }
}
