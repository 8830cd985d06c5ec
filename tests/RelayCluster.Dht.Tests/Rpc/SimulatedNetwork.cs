using RelayCluster.Crypto;
using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Queries;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc;

/// <summary>
/// Many <see cref="RpcProtocol"/>s on virtual time, between which datagrams travel 5 to 50 ms and some are lost. Two
/// runs from one seed are the same to the bit.
/// </summary>
internal sealed class SimulatedNetwork
{
    private const int MaxDatagramBytes = 1472;

    private readonly Dictionary<UdpEndPoint, RpcProtocol> _nodes = [];
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly byte[] _buffer = new byte[MaxDatagramBytes];
    private readonly Random _random;
    private long _order;

    public SimulatedNetwork(int seed)
    {
        _random = new Random(seed);
    }

    public TimeSpan Now { get; private set; }

    /// <summary>How many of a hundred datagrams are lost.</summary>
    public int LossPercent { get; set; }

    public long DatagramsSent { get; private set; }

    public IReadOnlyCollection<RpcProtocol> Nodes => _nodes.Values;

    /// <summary>Adds a node that begins to join at once.</summary>
    public RpcProtocol Add(
        UdpEndPoint endPoint,
        UdpEndPoint? bootstrap,
        bool? ephemeral = false,
        IRpcRequestHandler? handler = null)
    {
        var options = new RpcNodeOptions { Ephemeral = ephemeral, Firewalled = false };
        var seeds = new RpcSeeds(Random32(), Random32(), Random32(), _random.Next());
        var node = new RpcProtocol(options, endPoint, seeds, handler ?? new RecordingHandler());
        _nodes.Add(endPoint, node);
        node.Bootstrap(Now, bootstrap is UdpEndPoint first ? [first] : []);
        Drain(endPoint, node);
        return node;
    }

    /// <summary>Takes a node away: it neither hears nor says anything any more.</summary>
    public void Kill(UdpEndPoint endPoint) => _nodes.Remove(endPoint);

    /// <summary>Does something to a node now, and sends what comes of it.</summary>
    public void Tell(RpcProtocol node, Action<RpcProtocol, TimeSpan> command)
    {
        command(node, Now);
        Drain(_nodes.Single(pair => pair.Value == node).Key, node);
    }

    /// <summary>Runs a query to its end.</summary>
    public (Query Query, List<RpcReply> Replies) RunQuery(RpcProtocol node, RpcRequest request)
    {
        List<RpcReply> replies = [];
        bool isFinished = false;
        var query = new Query(request.Target!.Value, 10);
        var run = new QueryRun(request.Target.Value, request with { Retries = 5 }, query)
        {
            Replied = replies.Add,
            Finished = _ => isFinished = true,
        };
        Tell(node, (protocol, now) => protocol.StartQuery(now, run, []));
        RunUntil(() => isFinished);
        return (query, replies);
    }

    /// <summary>Lets time pass until something is the case; fails after an hour of virtual time.</summary>
    public void RunUntil(Func<bool> condition)
    {
        TimeSpan limit = Now + TimeSpan.FromHours(1);
        while (!condition())
        {
            Assert.True(Now < limit && Step(), $"it did not happen until {Now}");
        }
    }

    /// <summary>Lets some time pass.</summary>
    public void RunFor(TimeSpan duration)
    {
        TimeSpan end = Now + duration;
        while (_events.TryPeek(out _, out (TimeSpan At, long) next) && next.At <= end)
        {
            Step();
        }

        Now = end;
    }

    private bool Step()
    {
        if (!_events.TryDequeue(out Action? happen, out (TimeSpan At, long) time))
        {
            return false;
        }

        Now = time.At;
        happen();
        return true;
    }

    private void Drain(UdpEndPoint endPoint, RpcProtocol node)
    {
        while (node.TryWriteDatagram(Now, _buffer, out int length, out UdpEndPoint receiver))
        {
            Send(endPoint, receiver, _buffer[..length]);
        }

        if (node.NextTimeout is TimeSpan timeout)
        {
            Schedule(timeout < Now ? Now : timeout, () => Wake(endPoint, node, timeout));
        }
    }

    /// <summary>A deadline that has moved since has an event of its own.</summary>
    private void Wake(UdpEndPoint endPoint, RpcProtocol node, TimeSpan timeout)
    {
        if (_nodes.ContainsKey(endPoint) && node.NextTimeout == timeout)
        {
            node.HandleTimeout(Now);
            Drain(endPoint, node);
        }
    }

    private void Send(UdpEndPoint from, UdpEndPoint to, byte[] datagram)
    {
        DatagramsSent++;
        if (_random.Next(100) < LossPercent)
        {
            return;
        }

        TimeSpan latency = TimeSpan.FromMilliseconds(_random.Next(5, 50));
        Schedule(Now + latency, () =>
        {
            if (_nodes.TryGetValue(to, out RpcProtocol? node))
            {
                node.HandleDatagram(Now, from, datagram);
                Drain(to, node);
            }
        });
    }

    private void Schedule(TimeSpan at, Action happen) => _events.Enqueue(happen, (at, _order++));

    private Fixed32 Random32()
    {
        Span<byte> bytes = stackalloc byte[Fixed32.Size];
        _random.NextBytes(bytes);
        return Blake2b.Hash(bytes);
    }
}
