using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Sessions;

/// <summary>However a session ends, nothing outlives it. What is left over fails the scenario's disposal, too.</summary>
public sealed class SessionEndTests : IAsyncDisposable
{
    private readonly RelayScenario _scenario = new(new RelayOptions { MaxConcurrentDials = 2 });

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public async Task A_client_that_closes_ends_its_streams_dials_and_queries()
    {
        (TestClient client, FakePeer peer) = BusySession();
        Task closing = client.CloseAsync().AsTask();
        _scenario.Kit.RunUntilCompleted(client.Session);
        await closing;
        ExpectNothingLeft(peer);
        ExpectLog("ClientClosed");
    }

    [Fact]
    public void A_client_that_is_cut_off_ends_its_streams_dials_and_queries()
    {
        (TestClient client, FakePeer peer) = BusySession();
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        ExpectNothingLeft(peer);
        ExpectLog("ConnectionLost");
    }

    [Fact]
    public void A_stop_ends_all_sessions_and_takes_no_more()
    {
        (TestClient client, FakePeer peer) = BusySession();
        TestClient other = _scenario.ConnectAndGreet();
        _scenario.Kit.RunUntilCompleted(_scenario.Relay.StopAsync());
        client.ExpectEnd();
        other.ExpectEnd();
        ExpectNothingLeft(peer);
        TestClient late = _scenario.Connect();
        late.ExpectEnd();
        ExpectLog("RelayStopping");
    }

    [Fact]
    public void A_cancelled_serve_ends_its_session_and_no_other()
    {
        using var cancellation = new CancellationTokenSource();
        TestClient other = _scenario.ConnectAndGreet();
        TestClient client = _scenario.Connect(cancellationToken: cancellation.Token);
        client.Handshake();
        client.Synchronize();
        cancellation.Cancel();
        client.ExpectEnd();
        other.Synchronize();
        Assert.Equal(1, _scenario.Relay.SessionCount);
    }

    [Fact]
    public void A_client_that_does_not_read_cannot_hold_up_the_stop()
    {
        (TestClient client, FakePeer peer) = _scenario.ConnectAndReadNothing();
        Task stop = _scenario.Relay.StopAsync();
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the stream's end");

        // All that is left is the orderly close of the connection, and its deadline.
        TimeSpan patience = TimeSpan.FromSeconds(2);
        _scenario.Kit.RunUntil(() => _scenario.Kit.Clock.UntilNextTimer == patience, "the deadline");
        _scenario.Kit.Advance(patience);
        _scenario.Kit.RunUntilCompleted(stop);
        Assert.True(client.RelaysTransport.IsAborted);
    }

    [Fact]
    public void A_stalled_peer_cannot_hold_up_the_end()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        peer.IsStalled = true;
        client.SayData(1, new byte[100]);
        client.SayData(1, new byte[100]);
        client.Synchronize();
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.True(peer.IsDisposed);
    }

    [Fact]
    public void A_peer_that_is_gone_without_its_last_acknowledgement_cannot_hold_up_the_end()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        peer.HoldsCompletion = true;
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        peer.SendEnd();
        client.Expect<EndMessage>();
        client.Say(new EndMessage(1));
        _scenario.Kit.RunUntil(() => peer.IsEndedByRelay, "both ends");
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.True(peer.IsDisposed);
    }

    [Fact]
    public void Dials_beyond_the_limit_wait_for_their_turn()
    {
        var opening = new TaskCompletionSource();
        TestClient client = _scenario.ConnectAndGreet();
        foreach (int i in Enumerable.Range(1, 6))
        {
            var peer = new FakePeer(FakeNode.Key(i));
            _scenario.Node.AddServer(i, async token =>
            {
                await opening.Task.WaitAsync(token);
                return peer;
            });
            client.Connect((uint)i, peer: i);
        }

        client.Synchronize();
        _scenario.Kit.RunUntil(() => _scenario.Node.Dials == 2, "two dials");
        opening.SetResult();
        foreach (int _ in Enumerable.Range(1, 6))
        {
            client.Expect<OpenMessage>();
        }

        Assert.Equal(2, _scenario.Node.MostDialsAtOnce);
    }

    /// <summary>A session with an open stream, a dial, a dial that waits for its turn, and a query.</summary>
    private (TestClient Client, FakePeer Peer) BusySession()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        _scenario.Node.AddTopic(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        foreach (int i in Enumerable.Range(2, 3))
        {
            _scenario.Node.AddSilentServer(i);
            client.Connect((uint)i, peer: i);
        }

        client.Say(new LookupMessage(1, FakeNode.Key(1)));
        client.Synchronize();
        _scenario.Kit.RunUntil(() => _scenario.Node.Dials == 2 && _scenario.Node.Queries == 1, "dials and a query");
        return (client, peer);
    }

    private void ExpectNothingLeft(FakePeer peer)
    {
        Assert.True(peer.IsDisposed);
        Assert.Equal(0, _scenario.Node.Dials);
        _scenario.Kit.RunUntil(() => _scenario.Node.Queries == 0, "the end of a lookup that nobody waits for");
        Assert.Equal(0, _scenario.Metric("relay.streams"));
        Assert.Equal(0, _scenario.Metric("relay.sessions"));
        Assert.All(_scenario.Node.KeyPairs, static used => Assert.Equal(-1, used.SecretKey.IndexOfAnyExcept((byte)0)));
    }

    private void ExpectLog(string words) =>
        Assert.Contains(_scenario.LogLines, line => line.Contains(words, StringComparison.Ordinal));
}
