using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Streams;

/// <summary>The choreography of a stream: connect, open, data, end, destroy.</summary>
public sealed class StreamTests : IAsyncDisposable
{
    private readonly RelayScenario _scenario = new();

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void A_connect_is_answered_with_both_aliases_and_the_handshake_hash()
    {
        _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(77, peer: 1);
        OpenMessage open = client.Expect<OpenMessage>();
        Assert.Equal(77u, open.RemoteAlias);
        Assert.Equal(FakePeer.Hash, open.HandshakeHash.ToArray());
    }

    [Fact]
    public void A_peers_message_that_the_connection_to_the_client_cannot_carry_costs_its_stream_and_no_more()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        FakePeer other = _scenario.Node.AddPeer(2);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(5, peer: 1);
        uint otherAlias = client.ConnectAndOpen(6, peer: 2);

        // the alias, the count, the length, and what Protomux puts before them
        const int longest = MemoryTransport.LongestFrame - 14;
        peer.Send(new byte[longest]);
        Assert.Equal(longest, client.Expect<DataMessage>().Chunks.BufferedBytes - 5);
        peer.Send(new byte[longest + 1]);
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.True(destroy.IsPaired);
        Assert.Contains($"{longest + 1} bytes", destroy.Error, StringComparison.Ordinal);
        Assert.True(peer.IsDestroyed);

        other.Send([1, 2, 3]);
        Assert.Equal([[1, 2, 3]], client.ExpectData(otherAlias));
    }

    [Fact]
    public void Streams_get_aliases_of_their_own()
    {
        _scenario.Node.AddPeer(1);
        _scenario.Node.AddPeer(2);
        TestClient client = _scenario.ConnectAndGreet();
        Assert.NotEqual(client.ConnectAndOpen(5, peer: 1), client.ConnectAndOpen(6, peer: 2));
    }

    [Fact]
    public void An_unknown_key_destroys_the_unopened_stream_in_the_references_words()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(3, peer: 404);
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal(new DestroyMessage(IsPaired: false, 3, "PEER_NOT_FOUND: Peer not found"), destroy);
    }

    [Fact]
    public void A_dial_that_fails_in_an_unknown_way_borrows_the_nearest_words()
    {
        _scenario.Node.AddServer(1, static _ => throw new IOException("the network is down"));
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(3, peer: 1);
        Assert.Equal(
            "PEER_CONNECTION_FAILED: Could not connect to peer",
            client.Expect<DestroyMessage>().Error);
    }

    [Fact]
    public void A_noncustodial_connect_where_the_node_cannot_do_that_is_refused_in_clear_words()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new ConnectMessage(3, FakeNode.Key(9), null, FakeNode.Key(1)));
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.False(destroy.IsPaired);
        Assert.Contains("Noncustodial", destroy.Error, StringComparison.Ordinal);
        Assert.Empty(_scenario.Node.KeyPairs);
    }

    [Fact]
    public void Data_passes_both_ways_with_its_boundaries()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        client.SayData(1, [1, 2, 3], [], [4]);
        client.SayData(1, [5]);
        _scenario.Kit.RunUntil(() => peer.Received.Count == 4, "four messages at the peer");
        Assert.Equal([[1, 2, 3], [], [4], [5]], peer.Received);
        peer.Send([6, 7]);
        peer.Send([]);
        peer.Send([8]);
        List<byte[]> received = [];
        while (received.Count < 3)
        {
            received.AddRange(client.ExpectData(alias));
        }

        Assert.Equal([[6, 7], [], [8]], received);
    }

    [Fact]
    public void Data_that_comes_before_the_stream_is_open_waits_for_it()
    {
        var peer = new FakePeer(FakeNode.Key(1));
        var opening = new TaskCompletionSource<DhtStream>();
        _scenario.Node.AddServer(1, _ => opening.Task);
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(1, peer: 1);
        client.SayData(1, [1]);
        client.Synchronize();
        opening.SetResult(peer);
        client.Expect<OpenMessage>();
        _scenario.Kit.RunUntil(() => peer.Received.Count == 1, "the early message");
    }

    [Fact]
    public void The_clients_end_is_a_half_close()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        client.SayData(1, [1]);
        client.Say(new EndMessage(1));
        _scenario.Kit.RunUntil(() => peer.IsEndedByRelay, "the end at the peer");
        Assert.Single(peer.Received);
        Assert.False(peer.IsDestroyed);
        peer.Send([2]);
        Assert.Equal([[2]], client.ExpectData(alias));
    }

    [Fact]
    public void The_peers_end_is_a_half_close()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        peer.Send([1]);
        peer.SendEnd();
        client.ExpectData(alias);
        Assert.Equal(new EndMessage(alias), client.Expect<EndMessage>());
        client.SayData(1, [2]);
        _scenario.Kit.RunUntil(() => peer.Received.Count == 1, "data after the peer's end");
        Assert.False(peer.IsDestroyed);
    }

    [Fact]
    public void When_both_have_ended_the_stream_is_gone_without_a_destroy()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        peer.SendEnd();
        Assert.Equal(new EndMessage(alias), client.Expect<EndMessage>());
        client.Say(new EndMessage(1));
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the stream's end");
        client.Synchronize();
        Assert.Empty(client.Unexpected);

        // The alias is free again.
        _scenario.Node.AddPeer(1);
        client.ConnectAndOpen(1, peer: 1);
    }

    [Fact]
    public void A_destroy_that_only_tidies_up_after_both_ends_cuts_nothing()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        peer.HoldsCompletion = true;
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        peer.SendEnd();
        client.Expect<EndMessage>();
        client.SayData(1, new byte[100_000]);
        client.Say(new EndMessage(1));
        client.Say(new DestroyMessage(IsPaired: true, 1, null));
        client.Synchronize();
        Assert.False(peer.IsDestroyed);
        Assert.Equal(100_000, peer.ReceivedBytes);
        peer.Complete();
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the stream's end");
    }

    [Fact]
    public void The_clients_destroy_closes_the_peer_and_tells_why()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        client.Say(new DestroyMessage(IsPaired: true, 1, "enough"));
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the stream's end");
        Assert.Contains("enough", peer.DestroyReason!.Message, StringComparison.Ordinal);
        client.Synchronize();
        Assert.Empty(client.Unexpected);
    }

    [Fact]
    public void The_peers_end_of_life_destroys_the_clients_stream_behind_its_data()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        peer.Send([1]);
        peer.Break(new DhtException(DhtError.StreamReset));
        Assert.Equal([[1]], client.ExpectData(alias));
        Assert.Equal(
            new DestroyMessage(IsPaired: true, alias, "ECONNRESET: connection reset by peer"),
            client.Expect<DestroyMessage>());
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the stream's end");
    }

    [Fact]
    public void A_peer_that_is_gone_behind_its_end_destroys_the_clients_stream()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        peer.SendEnd();
        client.Expect<EndMessage>();
        peer.Break(new DhtException(DhtError.StreamReset));
        Assert.Equal(
            new DestroyMessage(IsPaired: true, alias, "ECONNRESET: connection reset by peer"),
            client.Expect<DestroyMessage>());
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the stream's end");
    }

    [Fact]
    public void A_streams_failure_is_its_own()
    {
        FakePeer bad = _scenario.Node.AddPeer(1);
        FakePeer good = _scenario.Node.AddPeer(2);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        uint alias = client.ConnectAndOpen(2, peer: 2);
        bad.Break(new DhtException(DhtError.StreamTimeout));
        client.Expect<DestroyMessage>();
        good.Send([1]);
        Assert.Equal([[1]], client.ExpectData(alias));
    }

    [Fact]
    public void Messages_that_raced_with_the_streams_end_are_dropped()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        peer.Break(new DhtException(DhtError.StreamReset));
        client.SayData(1, [1]);
        client.Say(new EndMessage(1));
        client.Expect<DestroyMessage>();
        client.SayData(1, [2]);
        client.Say(new EndMessage(1));
        client.Say(new DestroyMessage(IsPaired: true, 1, null));
        client.Synchronize();
        Assert.False(client.Session.IsCompleted);
    }

    [Fact]
    public void Destroying_a_stream_that_is_being_dialled_cancels_the_dial()
    {
        bool isCancelled = false;
        _scenario.Node.AddServer(1, async token =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            catch (OperationCanceledException)
            {
                isCancelled = true;
                throw;
            }

            throw new InvalidOperationException("unreachable");
        });
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(1, peer: 1);
        client.Say(new DestroyMessage(IsPaired: true, 1, null));
        _scenario.Kit.RunUntil(() => isCancelled, "the dial's cancellation");
        client.Synchronize();
        Assert.Empty(client.Unexpected);
    }

    [Fact]
    public void A_connection_that_comes_about_too_late_is_destroyed()
    {
        var peer = new FakePeer(FakeNode.Key(1));
        var opening = new TaskCompletionSource<DhtStream>();
        _scenario.Node.AddServer(1, _ => opening.Task);
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(1, peer: 1);
        client.Say(new DestroyMessage(IsPaired: true, 1, null));
        client.Synchronize();
        opening.SetResult(peer);
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the late connection's end");
    }

    [Fact]
    public void The_secret_key_is_zeroed_when_the_dial_is_over()
    {
        _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        Assert.True(_scenario.Node.KeyPairs.TryPeek(out Crypto.KeyPair? keyPair));
        _scenario.Kit.RunUntil(
            () => keyPair.SecretKey.IndexOfAnyExcept((byte)0) < 0,
            "a secret key of zeroes");
    }

    [Fact]
    public void Two_hundred_streams_at_once_carry_their_data_whole()
    {
        const int Streams = 200;
        TestClient client = _scenario.ConnectAndGreet();
        FakePeer[] peers = [.. Enumerable.Range(0, Streams).Select(_scenario.Node.AddPeer)];
        foreach (int i in Enumerable.Range(0, Streams))
        {
            client.Connect((uint)i, peer: i);
        }

        var clientAlias = new Dictionary<uint, int>();
        while (clientAlias.Count < Streams)
        {
            OpenMessage open = client.Expect<OpenMessage>();
            clientAlias.Add(open.Alias, (int)open.RemoteAlias);
        }

        foreach (int part in Enumerable.Range(0, 20))
        {
            foreach (int i in Enumerable.Range(0, Streams))
            {
                client.SayData((uint)i, Pattern(i, part));
            }
        }

        _scenario.Kit.RunUntil(() => peers.All(static peer => peer.Received.Count == 20), "all data at the peers");
        foreach (int i in Enumerable.Range(0, Streams))
        {
            Assert.Equal(Enumerable.Range(0, 20).Select(part => Pattern(i, part)), peers[i].Received);
            peers[i].Received.ToList().ForEach(peers[i].Send);
            peers[i].SendEnd();
        }

        var parts = new int[Streams];
        int ends = 0;
        while (ends < Streams)
        {
            switch (client.Expect<RelayMessage>())
            {
                case DataMessage data:
                    foreach (ReadOnlyMemory<byte> chunk in data.Chunks)
                    {
                        int i = clientAlias[data.Alias];
                        Assert.Equal(Pattern(i, parts[i]++), chunk.ToArray());
                    }

                    data.Dispose();
                    break;
                case EndMessage end:
                    Assert.Equal(20, parts[clientAlias[end.Alias]]);
                    ends++;
                    break;
                case { } other:
                    Assert.Fail($"unexpected {other}");
                    break;
            }
        }
    }

    private static byte[] Pattern(int stream, int part)
    {
        var bytes = new byte[1000];
        new Random((stream * 1000) + part).NextBytes(bytes);
        return bytes;
    }
}
