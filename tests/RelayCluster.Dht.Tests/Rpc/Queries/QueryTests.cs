using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Queries;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc.Queries;

public class QueryTests
{
    private static readonly Fixed32 Target = new(new byte[32]);

    /// <summary>Nodes ordered by their distance to the target, the closest first.</summary>
    private static readonly UdpEndPoint[] ByDistance =
    [
        .. Enumerable.Range(1, 200)
            .Select(static i => new UdpEndPoint(0x0a000000, (ushort)i))
            .OrderBy(static node => NodeId.Of(node).ToString(), StringComparer.Ordinal),
    ];

    private readonly Query _query = new(Target, concurrency: 10);

    [Fact]
    public void The_closest_nodes_are_asked_first_up_to_the_concurrency()
    {
        _query.AddNodes([.. ByDistance.Take(15).Reverse()]);

        Assert.Equal(ByDistance.Take(10), TakeAll());
        Assert.False(_query.IsFinished);
    }

    [Fact]
    public void A_query_without_nodes_is_finished()
    {
        _query.AddNodes([]);

        Assert.True(_query.IsFinished);
        Assert.Empty(_query.ClosestReplies);
    }

    [Fact]
    public void Closer_nodes_of_a_reply_are_asked_and_each_only_once()
    {
        _query.AddNodes([ByDistance[50]]);
        TakeAll();

        _query.HandleReply(Reply(ByDistance[50], ByDistance[3], ByDistance[3], ByDistance[50], ByDistance[9]));

        Assert.Equal([ByDistance[3], ByDistance[9]], TakeAll());
    }

    [Fact]
    public void Replies_are_kept_closest_first_and_only_the_best_twenty()
    {
        _query.AddNodes(ByDistance.AsSpan(0, 40));
        foreach (UdpEndPoint node in TakeAll())
        {
            _query.HandleReply(Reply(node));
        }

        while (_query.TryTakeNode(out UdpEndPoint node))
        {
            _query.HandleReply(Reply(node));
        }

        Assert.Equal(ByDistance.Take(20), _query.ClosestReplies.Select(static r => r.From));
        Assert.True(_query.IsFinished);
        Assert.Equal(20, _query.Successes);
    }

    [Fact]
    public void Ephemeral_nodes_reply_but_are_never_among_the_closest()
    {
        _query.AddNodes([ByDistance[0], ByDistance[1]]);
        TakeAll();

        _query.HandleReply(Reply(ByDistance[0]) with { FromId = null });
        _query.HandleReply(Reply(ByDistance[1]));

        Assert.Equal([ByDistance[1]], _query.ClosestReplies.Select(static r => r.From));
        Assert.Equal(2, _query.Successes);
    }

    [Fact]
    public void An_error_leads_on_but_is_no_result()
    {
        _query.AddNodes([ByDistance[9]]);
        TakeAll();

        _query.HandleReply(Reply(ByDistance[9], ByDistance[1]) with { Error = RpcErrorCode.UnknownCommand });

        Assert.Empty(_query.ClosestReplies);
        Assert.Equal(1, _query.Errors);
        Assert.Equal([ByDistance[1]], TakeAll());
    }

    [Fact]
    public void A_slow_node_gives_its_place_to_another()
    {
        _query.AddNodes(ByDistance.AsSpan(0, 15));
        TakeAll();

        _query.HandleSlow(ByDistance[0]);
        _query.HandleSlow(ByDistance[0]);
        _query.HandleSlow(ByDistance[1]);

        Assert.Equal([ByDistance[10], ByDistance[11]], TakeAll());
    }

    [Fact]
    public void A_full_result_does_not_wait_for_slow_nodes()
    {
        _query.AddNodes(ByDistance.AsSpan(0, 30));
        _query.TryTakeNode(out UdpEndPoint slow);
        _query.HandleSlow(slow);
        for (int replies = 0; replies < 20; replies++)
        {
            Assert.False(_query.IsFinished);
            Assert.True(_query.TryTakeNode(out UdpEndPoint node));
            _query.HandleReply(Reply(node));
        }

        Assert.True(_query.IsFinished);
        _query.HandleReply(Reply(slow));
        Assert.Equal(slow, _query.ClosestReplies[0].From);
    }

    [Fact]
    public void Who_named_a_dead_node_is_told()
    {
        _query.AddNodes([ByDistance[50], ByDistance[51]]);
        TakeAll();
        _query.HandleReply(Reply(ByDistance[50], ByDistance[1]));
        TakeAll();

        _query.HandleFailure(ByDistance[1], isDown: true);
        _query.HandleReply(Reply(ByDistance[51], ByDistance[1]));

        Assert.True(_query.TryTakeDownHint(out DownHint first));
        Assert.Equal(new DownHint(ByDistance[50], ByDistance[1]), first);
        Assert.True(_query.TryTakeDownHint(out DownHint second));
        Assert.Equal(new DownHint(ByDistance[51], ByDistance[1]), second);
        Assert.False(_query.TryTakeDownHint(out _));
        Assert.True(_query.IsFinished);
    }

    [Fact]
    public void Earlier_nodes_are_asked_cautiously_until_some_reply()
    {
        _query.AddEarlierNodes(ByDistance.AsSpan(0, 20));
        List<UdpEndPoint> asked = TakeAll();
        Assert.Equal(ByDistance.Take(3), asked);

        for (int i = 0; i < 10; i++)
        {
            _query.HandleReply(Reply(ByDistance[i]));
            asked.AddRange(TakeAll());
        }

        Assert.Equal(20, asked.Count);
    }

    [Fact]
    public void Stale_earlier_nodes_make_it_turn_to_the_table()
    {
        _query.AddEarlierNodes(ByDistance.AsSpan(0, 3));
        foreach (UdpEndPoint node in TakeAll())
        {
            _query.HandleFailure(node, isDown: true);
        }

        Assert.False(_query.IsFinished);
        Assert.True(_query.WantsTable);

        _query.AddNodes([ByDistance[30]]);
        Assert.Equal([ByDistance[30]], TakeAll());
        Assert.False(_query.WantsTable);
    }

    [Fact]
    public void A_closed_query_asks_nobody_else()
    {
        _query.Close(ByDistance.AsSpan(0, 2));
        foreach (UdpEndPoint node in TakeAll())
        {
            _query.HandleReply(Reply(node, ByDistance[5], ByDistance[6]));
        }

        Assert.Empty(TakeAll());
        Assert.True(_query.IsFinished);
        Assert.Equal(0, _query.MissingNodes);
    }

    [Fact]
    public void Filtered_nodes_nodes_without_a_port_and_ourselves_are_not_asked()
    {
        var query = new Query(Target, 10, node => node != ByDistance[1]) { Self = ByDistance[3] };
        query.AddNodes([ByDistance[50]]);
        query.TryTakeNode(out _);

        query.HandleReply(Reply(ByDistance[50], ByDistance[1], new UdpEndPoint(1, 0), ByDistance[2], ByDistance[3]));

        Assert.True(query.TryTakeNode(out UdpEndPoint next));
        Assert.Equal(ByDistance[2], next);
        Assert.False(query.TryTakeNode(out _));
    }

    [Fact]
    public void Liars_that_name_ever_new_nodes_cannot_keep_it_busy_for_long()
    {
        _query.AddNodes([ByDistance[0]]);
        int asked = 0;
        uint invented = 0;
        while (!_query.IsFinished)
        {
            Assert.True(_query.TryTakeNode(out UdpEndPoint node));
            asked++;
            UdpEndPoint[] named = [.. Enumerable.Range(0, 20).Select(_ => new UdpEndPoint(++invented, 1))];
            _query.HandleReply(Reply(node, named) with { FromId = null });
        }

        Assert.Equal(Query.MaxNodes, asked);
    }

    [Fact]
    public void Replies_of_nodes_that_were_not_asked_are_ignored()
    {
        _query.AddNodes([ByDistance[0]]);

        _query.HandleReply(Reply(ByDistance[1]));
        _query.HandleReply(Reply(ByDistance[0]));
        _query.HandleFailure(ByDistance[0], isDown: true);
        _query.HandleSlow(ByDistance[0]);

        Assert.Equal(0, _query.Successes + _query.Errors);
        Assert.Equal([ByDistance[0]], TakeAll());
    }

    private static RpcReply Reply(UdpEndPoint from, params UdpEndPoint[] closer) => new()
    {
        From = from,
        FromId = NodeId.Of(from),
        To = default,
        CloserNodes = closer,
    };

    private List<UdpEndPoint> TakeAll()
    {
        List<UdpEndPoint> nodes = [];
        while (_query.TryTakeNode(out UdpEndPoint node))
        {
            nodes.Add(node);
        }

        return nodes;
    }
}
