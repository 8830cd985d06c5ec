using System.Text.Json;
using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Answers;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc;

public class RpcProtocolTests
{
    private static readonly UdpEndPoint Local = UdpEndPoint.Parse("203.0.113.9:40001");
    private static readonly UdpEndPoint Stranger = UdpEndPoint.Parse("10.0.0.1:49737");
    private static readonly UdpEndPoint Third = UdpEndPoint.Parse("10.0.0.5:5000");
    private readonly RecordingHandler _handler = new();
    private readonly byte[] _buffer = new byte[1472];
    private RpcProtocol _node;

    public RpcProtocolTests()
    {
        _node = NewNode(ephemeral: false);
    }

    [Fact]
    public void Received_datagrams_are_taken_or_not_as_the_reference_does()
    {
        foreach (JsonElement vector in VectorFile.Load("dht-rpc.json").Where("kind", "received"))
        {
            _node = NewNode(ephemeral: true);
            _handler.Requests.Clear();

            _node.HandleDatagram(TimeSpan.Zero, vector.EndPoint("from"), vector.Hex("hex"));

            Assert.Equal(vector.Is("accepted") ? 1 : 0, _handler.Requests.Count);
            Assert.Equal(
                vector.GetProperty("replies").EnumerateArray().Select(static reply => reply.GetString()),
                Drain().Select(static sent => Convert.ToHexStringLower(sent.Datagram)));
        }
    }

    [Fact]
    public void A_request_is_handed_on_as_the_reference_does()
    {
        JsonElement vector = VectorFile.Load("dht-rpc.json").Where("kind", "relayed").Single();
        _node = NewNode(ephemeral: true, previousSecret: SecretOf("secret 0"), currentSecret: SecretOf("secret 1"));
        _node.HandleDatagram(TimeSpan.Zero, Stranger, vector.Hex("received"));

        IncomingRequest request = Assert.Single(_handler.Requests);
        request.Relay(vector.Hex("value"), vector.EndPoint("to"));

        (UdpEndPoint to, byte[] datagram) = Assert.Single(Drain());
        Assert.Equal(vector.EndPoint("to"), to);
        Assert.Equal(vector.GetProperty("hex").GetString(), Convert.ToHexStringLower(datagram));
    }

    [Fact]
    public void A_datagram_of_one_byte_is_a_probe_and_nothing_else()
    {
        var probed = new List<UdpEndPoint>();
        _node.Probed = probed.Add;

        _node.HandleDatagram(TimeSpan.Zero, Stranger, [0]);

        Assert.Equal([Stranger], probed);
        Assert.Empty(Drain());
        Assert.Equal(0, _node.Counters.DatagramsIgnored);
    }

    [Fact]
    public void Probes_are_sent_as_one_byte_and_no_more_wait_than_fit()
    {
        _node.SendProbe(Third);
        (UdpEndPoint to, byte[] datagram) = Assert.Single(Drain());
        Assert.Equal(Third, to);
        Assert.Equal([0], datagram);

        for (int i = 0; i < 1000; i++)
        {
            _node.SendProbe(Stranger);
        }

        Assert.Equal(256, Drain().Count);
    }

    [Fact]
    public void A_ping_is_answered_with_our_id_and_the_senders_address()
    {
        Receive(new RequestMessage { TransactionId = 7, IsInternal = true, Command = RpcCommand.Ping });

        ReplyMessage reply = Reply(out UdpEndPoint to);
        Assert.Equal(Stranger, to);
        Assert.Equal(Stranger, reply.To);
        Assert.Equal(7, reply.TransactionId);
        Assert.Equal(NodeId.Of(Local), reply.Id);
        Assert.Null(reply.Token);
        Assert.False(reply.HasValue);
    }

    [Fact]
    public void An_ephemeral_node_keeps_its_id_to_itself()
    {
        _node = NewNode(ephemeral: true);

        Receive(new RequestMessage { IsInternal = true, Command = RpcCommand.Ping });

        Assert.Null(Reply(out _).Id);
    }

    [Fact]
    public void Ping_nat_is_answered_to_the_port_in_the_value()
    {
        Receive(new RequestMessage
        {
            IsInternal = true,
            Command = RpcCommand.PingNat,
            HasValue = true,
            Value = [0x39, 0x30],
        });

        ReplyMessage reply = Reply(out UdpEndPoint to);
        Assert.Equal(new UdpEndPoint(Stranger.Address, 12345), to);
        Assert.Equal(to, reply.To);
    }

    [Theory]
    [InlineData(RpcCommand.PingNat, "")]
    [InlineData(RpcCommand.PingNat, "01")]
    [InlineData(RpcCommand.PingNat, "0000")]
    [InlineData(RpcCommand.FindNode, "01")]
    [InlineData(RpcCommand.DownHint, "0102030405")]
    [InlineData(RpcCommand.DelayedPing, "010203")]
    [InlineData(RpcCommand.DelayedPing, "11270000")]
    public void Senseless_requests_get_no_answer(uint command, string value)
    {
        Receive(new RequestMessage
        {
            IsInternal = true,
            Command = command,
            HasValue = true,
            Value = Convert.FromHexString(value),
        });

        Assert.Empty(Drain());
    }

    [Fact]
    public void Find_node_is_answered_with_the_closest_nodes()
    {
        for (ushort port = 1; port <= 30; port++)
        {
            _node.Neighbours.Add(TimeSpan.Zero, new UdpEndPoint(0x0a000002, port));
        }

        Fixed32 target = NodeId.Of(new UdpEndPoint(0x0a000002, 7));
        Receive(new RequestMessage { IsInternal = true, Command = RpcCommand.FindNode, Target = target });

        ReplyMessage reply = Reply(out _);
        Assert.Equal(20, reply.ReadCloserNodes().Length);
        Assert.Contains(new UdpEndPoint(0x0a000002, 7), reply.ReadCloserNodes());
    }

    [Fact]
    public void A_delayed_ping_is_answered_when_its_time_has_come()
    {
        Receive(new RequestMessage
        {
            IsInternal = true,
            Command = RpcCommand.DelayedPing,
            HasValue = true,
            Value = [0xe8, 0x03, 0, 0],
        });
        Assert.Empty(Drain());
        Assert.Equal(TimeSpan.FromSeconds(1), _node.NextTimeout);

        _node.HandleTimeout(TimeSpan.FromSeconds(0.9));
        Assert.Empty(Drain());

        _node.HandleTimeout(TimeSpan.FromSeconds(1));
        Assert.Single(Drain());
    }

    [Fact]
    public void Delayed_pings_are_bounded()
    {
        for (int i = 0; i < 2 * AnswerQueue.MaxDelayed; i++)
        {
            Receive(new RequestMessage
            {
                IsInternal = true,
                Command = RpcCommand.DelayedPing,
                HasValue = true,
                Value = [0xe8, 0x03, 0, 0],
            });
        }

        _node.HandleTimeout(TimeSpan.FromSeconds(1));

        Assert.Equal(AnswerQueue.MaxDelayed, Drain().Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_unknown_command_is_said_to_be_unknown(bool isInternal)
    {
        _handler.Answer = static _ => false;

        Receive(new RequestMessage { IsInternal = isInternal, Command = 4711 });

        Assert.Equal(RpcErrorCode.UnknownCommand, Reply(out _).Error);
    }

    [Fact]
    public void A_token_of_ours_is_accepted_from_its_host_until_it_expires()
    {
        Fixed32 token = TokenFor(Stranger);

        Receive(new RequestMessage { Command = 7, Token = token }, from: new UdpEndPoint(Stranger.Address, 1));
        Assert.Equal(token, Assert.Single(_handler.Requests).Token);

        Receive(new RequestMessage { Command = 7, Token = token }, from: Third);
        Assert.Single(_handler.Requests);
        ReplyMessage refusal = Reply(out _);
        Assert.Equal(RpcErrorCode.InvalidToken, refusal.Error);
        Assert.NotNull(refusal.Token);

        Receive(new RequestMessage { Command = 7, Token = token }, now: TimeSpan.FromSeconds(16));
        Assert.Single(_handler.Requests);
        Assert.Equal(RpcErrorCode.InvalidToken, Reply(out _).Error);
    }

    [Fact]
    public void An_answer_goes_where_the_layer_above_wants_it()
    {
        Receive(new RequestMessage { TransactionId = 9, Command = 0 });
        IncomingRequest request = Assert.Single(_handler.Requests);

        request.Reply(new byte[] { 1, 2 }, withToken: false, withCloserNodes: false, to: Third);

        ReplyMessage reply = Reply(out UdpEndPoint to);
        Assert.Equal(Third, to);
        Assert.Equal(Third, reply.To);
        Assert.Equal(9, reply.TransactionId);
        Assert.Equal([1, 2], reply.Value.ToArray());
        Assert.Null(reply.Token);
    }

    [Fact]
    public void An_error_of_the_layer_above_is_sent()
    {
        Receive(new RequestMessage { TransactionId = 9, Command = 0 });

        Assert.Single(_handler.Requests).ReplyError(16);

        ReplyMessage reply = Reply(out _);
        Assert.Equal(16u, reply.Error);
        Assert.Null(reply.Token);
    }

    [Fact]
    public void Absent_and_empty_values_are_told_apart()
    {
        Receive(new RequestMessage { Command = 0 });
        Receive(new RequestMessage { Command = 0, HasValue = true });

        Assert.Null(_handler.Requests[0].Value);
        Assert.NotNull(_handler.Requests[1].Value);
        Assert.Equal(0, _handler.Requests[1].Value!.Value.Length);
    }

    [Fact]
    public void Only_ids_that_fit_the_address_enter_the_table()
    {
        Receive(new RequestMessage { IsInternal = true, Id = NodeId.Of(Third) });
        Assert.Equal(0, _node.Neighbours.Table.Count);

        Receive(new RequestMessage { IsInternal = true, Id = NodeId.Of(Stranger) });
        Assert.Equal(1, _node.Neighbours.Table.Count);
    }

    [Fact]
    public void Answers_that_nobody_takes_away_are_bounded()
    {
        for (int i = 0; i < AnswerQueue.MaxAnswers + 10; i++)
        {
            Receive(new RequestMessage { IsInternal = true });
        }

        Assert.Equal(AnswerQueue.MaxAnswers, Drain().Count);
        Assert.Equal(10, _node.Counters.AnswersDropped);
    }

    [Fact]
    public void An_answer_that_fits_no_datagram_is_dropped_and_the_next_is_sent()
    {
        Receive(new RequestMessage { TransactionId = 1, Command = 0 });
        Receive(new RequestMessage { TransactionId = 2, Command = 0 });
        _handler.Requests[0].Reply(new byte[2000]);
        _handler.Requests[1].Reply(null);

        Assert.Equal(2, Reply(out _).TransactionId);
        Assert.Equal(1, _node.Counters.AnswersDropped);
    }

    [Fact]
    public void Junk_costs_no_exception_and_no_memory()
    {
        var random = new Random(1);
        var junk = new byte[1200];
        _node.HandleDatagram(TimeSpan.Zero, Stranger, junk);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(junk);
            junk[0] = (byte)random.Next(256);
            int length = random.Next(40);
            _node.HandleDatagram(TimeSpan.Zero, Stranger, junk.AsSpan(0, length));
            junk[0] = ReplyMessage.FirstByte;
            _node.HandleDatagram(TimeSpan.Zero, Stranger, junk);
        }

        Drain();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Fact]
    public void Pings_and_find_nodes_are_answered_without_allocating()
    {
        for (ushort port = 1; port <= 30; port++)
        {
            _node.Neighbours.Add(TimeSpan.Zero, new UdpEndPoint(0x0a000002, port));
        }

        var ping = new RequestMessage { IsInternal = true, Command = RpcCommand.Ping };
        var find = new RequestMessage { IsInternal = true, Command = RpcCommand.FindNode, Target = NodeId.Of(Third) };
        byte[] pingBytes = Encode(ping);
        byte[] findBytes = Encode(find);
        Serve(100);

        Assert.Equal(0, Allocations.Of(() => Serve(1000)));

        void Serve(int times)
        {
            for (int i = 0; i < times; i++)
            {
                _node.HandleDatagram(TimeSpan.Zero, Stranger, pingBytes);
                _node.HandleDatagram(TimeSpan.Zero, Stranger, findBytes);
                while (_node.TryWriteDatagram(TimeSpan.Zero, _buffer, out _, out _))
                {
                }
            }
        }
    }

    private static Fixed32 SecretOf(string name) => VectorFile.Load("dht-rpc.json")
        .Where("kind", "token")
        .First(vector => vector.Name().EndsWith(name, StringComparison.Ordinal))
        .Fixed32("secret");

    private static byte[] Encode(in RequestMessage message)
    {
        var datagram = new byte[message.GetEncodedSize()];
        message.Write(datagram);
        return datagram;
    }

    private RpcProtocol NewNode(bool ephemeral) => NewNode(ephemeral, SecretOf("secret 0"), SecretOf("secret 1"));

    private RpcProtocol NewNode(bool ephemeral, Fixed32 previousSecret, Fixed32 currentSecret) => new(
        new RpcNodeOptions { Ephemeral = ephemeral },
        Local,
        new RpcSeeds(NodeId.Of(Third), previousSecret, currentSecret, 1),
        _handler);

    private Fixed32 TokenFor(UdpEndPoint host)
    {
        Receive(new RequestMessage { Command = 0 }, host);
        _handler.Requests[^1].Reply(null);
        Fixed32 token = Reply(out _).Token!.Value;
        _handler.Requests.Clear();
        return token;
    }

    private void Receive(in RequestMessage message, UdpEndPoint? from = null, TimeSpan now = default) =>
        _node.HandleDatagram(now, from ?? Stranger, Encode(message));

    private ReplyMessage Reply(out UdpEndPoint to)
    {
        (to, byte[] datagram) = Assert.Single(Drain());
        Assert.True(ReplyMessage.TryRead(datagram, out ReplyMessage reply));
        return reply;
    }

    private List<(UdpEndPoint To, byte[] Datagram)> Drain()
    {
        List<(UdpEndPoint, byte[])> sent = [];
        while (_node.TryWriteDatagram(TimeSpan.Zero, _buffer, out int length, out UdpEndPoint to))
        {
            sent.Add((to, _buffer[..length]));
        }

        return sent;
    }
}
