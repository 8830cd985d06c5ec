using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Streams;

/// <summary>What happens, and what does not grow, while a peer or the client stops reading.</summary>
public sealed class BackPressureTests : IAsyncDisposable
{
    private const int MessageBytes = 16 * 1024;
    private const int StreamBytesEachWay = 256 * 1024;
    private const int SessionBytesEachWay = 1024 * 1024;

    /// <summary>What the channel and the transport hold beside the budgets.</summary>
    private const int OnTheWay = 1024 * 1024;

    private readonly RelayScenario _scenario = new(new RelayOptions
    {
        StreamBufferBytes = 4 * StreamBytesEachWay,
        SessionBufferBytes = 4 * SessionBytesEachWay,
        StalledPeerTimeout = TimeSpan.FromMinutes(1),
    });

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void A_stalled_peer_stops_the_client_at_the_streams_budget()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        peer.IsStalled = true;
        int sent = SayUntilBlocked(client, 1);
        Assert.InRange(sent * MessageBytes, StreamBytesEachWay, StreamBytesEachWay + OnTheWay);
        peer.IsStalled = false;
        _scenario.Kit.RunUntil(() => peer.Received.Count == sent, "all that was said");
        Assert.Equal(Enumerable.Range(0, sent).Select(static i => (byte)i), peer.Received.Select(static m => m[0]));
    }

    [Fact]
    public void Many_stalled_peers_stop_the_client_at_the_sessions_budget()
    {
        const int Peers = 16;
        FakePeer[] peers = [.. Enumerable.Range(0, Peers).Select(_scenario.Node.AddPeer)];
        TestClient client = _scenario.ConnectAndGreet();
        foreach (int i in Enumerable.Range(0, Peers))
        {
            client.ConnectAndOpen((uint)i, peer: i);
            peers[i].IsStalled = true;
        }

        int sent = SayUntilBlocked(client, [.. Enumerable.Range(0, Peers).Select(static i => (uint)i)]);
        Assert.InRange(sent * MessageBytes, SessionBytesEachWay / 2, SessionBytesEachWay + OnTheWay);
        foreach (FakePeer peer in peers)
        {
            peer.IsStalled = false;
        }

        _scenario.Kit.RunUntil(() => peers.Sum(static peer => peer.Received.Count) == sent, "all that was said");
    }

    [Fact]
    public void Tiny_messages_are_bounded_too()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        peer.IsStalled = true;
        int sent = 0;
        Task saying;
        do
        {
            saying = client.SayAsync(new DataMessage(1, Wire.PooledBuffer.CopyOf([(byte)sent++])));
            if (!saying.IsCompleted)
            {
                RunUntilDoneOrBlocked(client, saying);
            }
        }
        while (saying.IsCompleted && sent < 1_000_000);

        Assert.False(saying.IsCompleted, "the client is never stopped");
        peer.IsStalled = false;
        _scenario.Kit.RunUntil(() => peer.Received.Count == sent, "all that was said");
    }

    [Fact]
    public void What_other_peers_say_goes_on_while_one_is_stalled()
    {
        FakePeer stalled = _scenario.Node.AddPeer(1);
        FakePeer other = _scenario.Node.AddPeer(2);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        uint alias = client.ConnectAndOpen(2, peer: 2);
        stalled.IsStalled = true;
        SayUntilBlocked(client, 1);
        other.Send([1, 2, 3]);
        Assert.Equal([[1, 2, 3]], client.ExpectData(alias));
    }

    [Fact]
    public void Pings_go_out_and_silence_is_no_guilt_while_a_stalled_peer_keeps_us_from_reading()
    {
        FakePeer stalled = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        stalled.IsStalled = true;
        SayUntilBlocked(client, 1);
        foreach (int _ in Enumerable.Range(0, 3))
        {
            long before = client.RelaysTransport.BytesSent;
            _scenario.Kit.Advance(TimeSpan.FromSeconds(15));
            _scenario.Kit.RunUntil(() => client.RelaysTransport.BytesSent > before, "a ping");
        }

        Assert.False(client.Session.IsCompleted);
        stalled.IsStalled = false;
        client.Expect<PingMessage>();
        client.Synchronize();
    }

    [Fact]
    public void A_peer_that_stops_the_whole_session_for_too_long_loses_its_stream()
    {
        FakePeer stalled = _scenario.Node.AddPeer(1);
        FakePeer other = _scenario.Node.AddPeer(2);
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        client.ConnectAndOpen(2, peer: 2);
        stalled.IsStalled = true;
        SayUntilBlocked(client, 1);
        Task waiting = client.SayAsync(new DataMessage(2, Wire.PooledBuffer.CopyOf([1])));
        _scenario.Kit.Advance(TimeSpan.FromMinutes(1));
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal(alias, destroy.Alias);
        Assert.StartsWith("ETIMEDOUT", destroy.Error, StringComparison.Ordinal);
        _scenario.Kit.RunUntilCompleted(waiting);
        _scenario.Kit.RunUntil(() => other.Received.Count == 1, "the other stream's data");
        Assert.True(stalled.IsDisposed);
    }

    [Fact]
    public void A_slow_peer_that_stops_nobody_is_left_alone()
    {
        FakePeer slow = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        slow.IsStalled = true;
        client.SayData(1, [1]);
        client.SayData(1, [2]);
        foreach (int _ in Enumerable.Range(0, 40))
        {
            _scenario.Kit.Advance(TimeSpan.FromSeconds(15));
            client.Expect<PingMessage>();
            client.Synchronize();
        }

        slow.IsStalled = false;
        _scenario.Kit.RunUntil(() => slow.Received.Count == 2, "both messages");
    }

    [Fact]
    public void A_client_that_does_not_read_stops_the_peer_at_the_streams_budget()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        const int Messages = 1000;
        for (int i = 0; i < Messages; i++)
        {
            peer.Send(Message(i));
        }

        _scenario.Kit.RunUntil(
            () => peer.TakenByRelay * MessageBytes >= StreamBytesEachWay,
            "as much as the budget allows");
        int received = 0;
        while (received < Messages)
        {
            foreach (byte[] chunk in client.ExpectData(alias))
            {
                Assert.Equal((byte)received++, chunk[0]);
            }

            Assert.InRange((peer.TakenByRelay - received) * MessageBytes, 0, StreamBytesEachWay + OnTheWay);
        }
    }

    [Fact]
    public void Streams_take_turns_and_control_goes_first_when_the_client_reads_slowly()
    {
        FakePeer bulk = _scenario.Node.AddPeer(1);
        FakePeer echo = _scenario.Node.AddPeer(2);
        TestClient client = _scenario.ConnectAndGreet();
        uint bulkAlias = client.ConnectAndOpen(1, peer: 1);
        uint echoAlias = client.ConnectAndOpen(2, peer: 2);
        for (int i = 0; i < 200; i++)
        {
            bulk.Send(Message(i));
        }

        // More than the transport (four frames of one message or more) and the channel (256 KiB) take: the lane is used.
        _scenario.Kit.RunUntil(
            () => bulk.TakenByRelay * MessageBytes >= 480 * 1024,
            "a long queue");
        echo.Send([42]);
        _scenario.Kit.RunUntil(() => echo.TakenByRelay == 1, "the echo in the outbox");
        int queued = bulk.TakenByRelay;
        _scenario.Kit.Advance(TimeSpan.FromSeconds(15));
        int before = 0;
        bool hasPing = false;
        while (true)
        {
            RelayMessage message = client.Expect<RelayMessage>();
            if (message is PingMessage)
            {
                hasPing = true;
            }
            else if (message is DataMessage data)
            {
                uint alias = data.Alias;
                data.Dispose();
                if (alias == echoAlias)
                {
                    break;
                }

                Assert.Equal(bulkAlias, alias);
                before++;
            }
        }

        // Both were behind what the channel already had, and before most of what waited in the bulk's lane.
        Assert.True(hasPing);
        Assert.InRange(before, 0, queued - 5);
    }

    [Fact]
    public void A_client_that_takes_no_answers_is_not_asked_for_more_questions_and_not_excused()
    {
        TestClient client = _scenario.ConnectAndGreet();
        uint sent = 0;
        Task saying;
        do
        {
            saying = client.SayAsync(new LookupMessage(sent++, FakeNode.Key(404)));
            if (!saying.IsCompleted)
            {
                RunUntilDoneOrBlocked(client, saying);
            }
        }
        while (saying.IsCompleted && sent < 1_000_000);

        Assert.False(saying.IsCompleted, "the client is never stopped");
        _scenario.Kit.RunUntil(() => client.Transport.IsRemoteFull, "a full connection");
        _scenario.Kit.RunUntil(
            () =>
            {
                _scenario.Kit.Advance(TimeSpan.FromSeconds(1));
                return client.Session.IsCompleted;
            },
            "the end of the session");
        Assert.Contains(_scenario.LogLines, static line => line.Contains("ClientSilent", StringComparison.Ordinal));
    }

    private static byte[] Message(int number)
    {
        var message = new byte[MessageBytes];
        message[0] = (byte)number;
        return message;
    }

    /// <summary>Says message after message until the connection takes no more, and gives their number.</summary>
    private int SayUntilBlocked(TestClient client, params uint[] aliases)
    {
        for (int sent = 1; sent < 1_000; sent++)
        {
            uint alias = aliases[(sent - 1) % aliases.Length];
            Task saying = client.SayAsync(new DataMessage(alias, Wire.PooledBuffer.CopyOf(Message(sent - 1))));
            RunUntilDoneOrBlocked(client, saying);
            if (!saying.IsCompleted)
            {
                return sent;
            }
        }

        throw new InvalidOperationException("the client is never stopped");
    }

    private void RunUntilDoneOrBlocked(TestClient client, Task saying) => _scenario.Kit.RunUntil(
        () => saying.IsCompleted || (_scenario.Metric("relay.sessions.paused") > 0 && client.Transport.IsFull),
        "room, or a stop");
}
