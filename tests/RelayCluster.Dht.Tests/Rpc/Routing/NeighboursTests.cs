using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Dht.Rpc.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc.Routing;

public class NeighboursTests
{
    private static readonly RpcReply Pong = new() { From = default, To = default };
    private readonly Neighbours _neighbours = new(new Fixed32(new byte[32])) { MaySwap = true };

    [Fact]
    public void A_node_is_a_witness_once_in_half_an_hour()
    {
        UdpEndPoint node = Nodes(1)[0];

        Assert.True(Hear(At(0), node));
        Assert.False(Hear(At(1), node));
        Assert.False(Hear(At(29 * 60), node));
        Assert.True(Hear(At(31 * 60), node));
        Assert.Equal(1, _neighbours.Table.Count);
    }

    [Fact]
    public void The_latest_heard_comes_first()
    {
        UdpEndPoint[] nodes = Nodes(3);
        foreach (UdpEndPoint node in nodes)
        {
            Hear(At(0), node);
        }

        Hear(At(1), nodes[0]);

        Assert.Equal([nodes[0], nodes[2], nodes[1]], _neighbours.LatestFirst.Select(static n => n.EndPoint));
    }

    [Fact]
    public void A_full_bucket_pings_the_node_pinged_longest_ago_and_keeps_it_if_it_lives()
    {
        UdpEndPoint[] nodes = FillBucket();
        Hear(At(60), nodes[0]);

        Hear(At(100), nodes[KBucket.Capacity]);

        Assert.True(_neighbours.TryTakeCheck(out NodeCheck check));
        Assert.Equal(nodes[1], check.To);
        Hear(At(101), nodes[1]);
        check.HandleReply(At(101), Pong);
        Assert.Contains(nodes[1], InTable());
        Assert.DoesNotContain(nodes[KBucket.Capacity], InTable());
    }

    [Fact]
    public void A_full_bucket_gives_the_place_of_a_dead_node_to_the_newcomer()
    {
        UdpEndPoint[] nodes = FillBucket();

        Hear(At(100), nodes[KBucket.Capacity]);
        Assert.True(_neighbours.TryTakeCheck(out NodeCheck check));
        check.HandleFailure(At(104), RequestFailure.TimedOut);

        Assert.DoesNotContain(check.To, InTable());
        Assert.Contains(nodes[KBucket.Capacity], InTable());
        Assert.Equal(KBucket.Capacity, _neighbours.Table.Count);
    }

    [Fact]
    public void A_node_that_answers_without_its_id_has_become_ephemeral_and_leaves()
    {
        UdpEndPoint[] nodes = FillBucket();

        Hear(At(100), nodes[KBucket.Capacity]);
        Assert.True(_neighbours.TryTakeCheck(out NodeCheck check));
        check.HandleReply(At(101), Pong);

        Assert.DoesNotContain(check.To, InTable());
    }

    [Fact]
    public void No_more_than_three_newcomers_cause_pings_at_a_time()
    {
        UdpEndPoint[] nodes = FillBucket(newcomers: 6);

        for (int i = 0; i < 6; i++)
        {
            Hear(At(100), nodes[KBucket.Capacity + i]);
        }

        Assert.Equal(3, TakeChecks().Count);
    }

    [Fact]
    public void Old_nodes_heard_lately_are_not_doubted()
    {
        UdpEndPoint[] nodes = FillBucket();
        foreach (UdpEndPoint node in nodes.Take(KBucket.Capacity))
        {
            Hear(At(40 * 60), node);
        }

        Hear(At((40 * 60) + 30), nodes[KBucket.Capacity]);

        Assert.Empty(TakeChecks());
    }

    [Fact]
    public void Before_the_bootstrap_nobody_is_pinged()
    {
        _neighbours.MaySwap = false;
        UdpEndPoint[] nodes = FillBucket();

        Hear(At(100), nodes[KBucket.Capacity]);

        Assert.Empty(TakeChecks());
    }

    [Fact]
    public void A_hint_checks_the_node_and_it_leaves_if_it_is_down()
    {
        UdpEndPoint node = Nodes(1)[0];
        Hear(At(0), node);

        _neighbours.HandleDownHint(At(1), node);
        NodeCheck check = Assert.Single(TakeChecks());
        check.HandleFailure(At(5), RequestFailure.TimedOut);

        Assert.Equal(0, _neighbours.Table.Count);
        Assert.Empty(_neighbours.LatestFirst);
    }

    [Fact]
    public void Repeated_hints_within_a_tick_cause_one_check()
    {
        UdpEndPoint node = Nodes(1)[0];
        Hear(At(0), node);

        _neighbours.HandleDownHint(At(10), node);
        _neighbours.HandleDownHint(At(11), node);
        _neighbours.HandleDownHint(At(12), node);

        Assert.Single(TakeChecks());
    }

    [Fact]
    public void Hints_cannot_cause_more_than_ten_checks_at_a_time()
    {
        UdpEndPoint[] nodes = Nodes(20);
        foreach (UdpEndPoint node in nodes)
        {
            Hear(At(0), node);
        }

        foreach (UdpEndPoint node in nodes)
        {
            _neighbours.HandleDownHint(At(10), node);
        }

        List<NodeCheck> checks = TakeChecks();
        Assert.Equal(10, checks.Count);

        foreach (NodeCheck check in checks)
        {
            check.HandleFailure(At(14), RequestFailure.Cancelled);
        }

        _neighbours.HandleDownHint(At(20), nodes[^1]);
        Assert.Single(TakeChecks());
    }

    [Fact]
    public void A_hint_about_a_stranger_is_ignored()
    {
        _neighbours.HandleDownHint(At(0), Nodes(1)[0]);

        Assert.Empty(TakeChecks());
    }

    [Theory]
    [InlineData(30, false, 2)]
    [InlineData(90, false, 5)]
    [InlineData(90, true, 3)]
    public void The_oldest_nodes_are_checked_more_eagerly_the_older_they_are(int seconds, bool isBusy, int checks)
    {
        foreach (UdpEndPoint node in Nodes(10))
        {
            Hear(At(0), node);
        }

        _neighbours.CheckOldest(At(seconds), isBusy);

        Assert.Equal(checks, TakeChecks().Count);
    }

    [Fact]
    public void A_new_id_keeps_the_nodes_but_not_ourselves()
    {
        UdpEndPoint[] nodes = Nodes(5);
        foreach (UdpEndPoint node in nodes)
        {
            Hear(At(0), node);
        }

        _neighbours.MoveTo(NodeId.Of(nodes[2]));

        Assert.Equal(4, _neighbours.Table.Count);
        Assert.DoesNotContain(nodes[2], InTable());
        Assert.False(Hear(At(1), nodes[2]));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static UdpEndPoint[] Nodes(int count) =>
        [.. Enumerable.Range(1, count).Select(static i => new UdpEndPoint(0x0a000000, (ushort)i))];

    /// <summary>Fills bucket 0 at the time 0; returns its nodes and then some more of the same bucket.</summary>
    private UdpEndPoint[] FillBucket(int newcomers = 1)
    {
        UdpEndPoint[] nodes =
        [
            .. Nodes(1000)
                .Where(node => NodeId.CommonBits(NodeId.Of(node), _neighbours.Table.Id) == 0)
                .Take(KBucket.Capacity + newcomers),
        ];
        for (int i = 0; i < KBucket.Capacity; i++)
        {
            Hear(TimeSpan.FromMilliseconds(i), nodes[i]);
        }

        return nodes;
    }

    private bool Hear(TimeSpan now, UdpEndPoint node) => _neighbours.HandleHeard(now, NodeId.Of(node), node);

    private List<UdpEndPoint> InTable() =>
        [.. Enumerable.Range(0, _neighbours.Table.Count).Select(i => _neighbours.Table[i].EndPoint)];

    private List<NodeCheck> TakeChecks()
    {
        List<NodeCheck> checks = [];
        while (_neighbours.TryTakeCheck(out NodeCheck check))
        {
            checks.Add(check);
        }

        return checks;
    }
}
