using RelayCluster.Crypto;
using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Queries;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc;

public class SimulatedNetworkTests
{
    private const uint Network = 0x0a000000;

    [Fact]
    public void The_first_node_of_a_private_dht_is_a_member_at_once()
    {
        var network = new SimulatedNetwork(1);

        RpcProtocol node = network.Add(EndPoint(1), bootstrap: null);

        Assert.True(node.IsBootstrapped);
        Assert.Equal(NodeId.Of(EndPoint(1)), node.Id);
    }

    [Fact]
    public void Nodes_that_join_know_each_other()
    {
        SimulatedNetwork network = Build(8, seed: 2);

        Assert.All(network.Nodes, static node =>
        {
            Assert.True(node.IsBootstrapped);
            Assert.Equal(7, node.Neighbours.Table.Count);
        });
    }

    [Fact]
    public void Two_hundred_nodes_find_the_twenty_closest_in_few_requests()
    {
        SimulatedNetwork network = Build(200, seed: 3);
        RpcProtocol asker = network.Add(EndPoint(999), EndPoint(1), ephemeral: true);
        network.RunUntil(() => asker.IsBootstrapped);

        for (byte i = 0; i < 10; i++)
        {
            Fixed32 target = Blake2b.Hash([i]);
            (Query query, List<RpcReply> replies) = network.RunQuery(asker, FindNode(target));

            Assert.Equal(Closest(network, target), query.ClosestReplies.Select(static r => r.From));
            Assert.InRange(replies.Count, 20, 80);
        }
    }

    [Fact]
    public void With_a_fifth_of_all_datagrams_lost_nearly_all_of_the_closest_are_found()
    {
        // Not all: a query with a full result does not wait for nodes that are late.
        SimulatedNetwork network = Build(200, seed: 4);
        network.LossPercent = 20;
        RpcProtocol asker = network.Add(EndPoint(999), EndPoint(1), ephemeral: true);
        network.RunUntil(() => asker.IsBootstrapped);

        int found = 0;
        for (byte i = 0; i < 10; i++)
        {
            Fixed32 target = Blake2b.Hash([i]);
            (Query query, _) = network.RunQuery(asker, FindNode(target));
            found += Closest(network, target).Intersect(query.ClosestReplies.Select(static r => r.From)).Count();
        }

        Assert.InRange(found, 160, 200);
    }

    [Fact]
    public void When_a_third_of_the_nodes_die_queries_go_on_and_the_tables_forget_them()
    {
        SimulatedNetwork network = Build(60, seed: 5);
        for (ushort i = 2; i <= 21; i++)
        {
            network.Kill(EndPoint(i));
        }

        Fixed32 target = Blake2b.Hash([7]);
        (Query query, _) = network.RunQuery(network.Nodes.Last(), FindNode(target));
        Assert.Equal(Closest(network, target), query.ClosestReplies.Select(static r => r.From));

        network.RunFor(TimeSpan.FromMinutes(30));
        HashSet<UdpEndPoint> dead = [.. Enumerable.Range(2, 20).Select(static i => EndPoint((ushort)i))];
        Assert.All(network.Nodes, node => Assert.Empty(dead.Intersect(Table(node))));
    }

    [Fact]
    public void An_idle_network_is_quiet_and_keeps_its_tables()
    {
        SimulatedNetwork network = Build(30, seed: 6);
        network.RunFor(TimeSpan.FromMinutes(1));
        long before = network.DatagramsSent;

        network.RunFor(TimeSpan.FromMinutes(10));

        double perNodeAndSecond = (network.DatagramsSent - before) / 30.0 / 600;
        Assert.InRange(perNodeAndSecond, 0.01, 1);
        Assert.All(network.Nodes, static node => Assert.InRange(node.Neighbours.Table.Count, 20, 29));
    }

    [Fact]
    public void Ephemeral_nodes_ask_but_nobody_lists_them()
    {
        SimulatedNetwork network = Build(10, seed: 7);
        RpcProtocol ephemeral = network.Add(EndPoint(999), EndPoint(1), ephemeral: true);
        network.RunUntil(() => ephemeral.IsBootstrapped);
        network.RunFor(TimeSpan.FromMinutes(5));

        Assert.Null(ephemeral.Id);
        Assert.Equal(10, ephemeral.Neighbours.Table.Count);
        Assert.Equal(EndPoint(999), ephemeral.Membership.Nat.Consensus);
        Assert.All(
            network.Nodes.Where(node => node != ephemeral),
            static node => Assert.DoesNotContain(EndPoint(999), Table(node)));
    }

    [Fact]
    public void An_adaptive_open_node_becomes_a_member_after_twenty_minutes()
    {
        SimulatedNetwork network = Build(10, seed: 8);
        RpcProtocol adaptive = network.Add(EndPoint(999), EndPoint(1), ephemeral: null);
        network.RunFor(TimeSpan.FromMinutes(15));
        Assert.Null(adaptive.Id);

        network.RunFor(TimeSpan.FromMinutes(10));

        Assert.Equal(NodeId.Of(EndPoint(999)), adaptive.Id);
        Assert.All(
            network.Nodes.Where(node => node != adaptive),
            static node => Assert.Contains(EndPoint(999), Table(node)));
    }

    [Fact]
    public void A_node_whose_bootstrap_node_is_late_joins_when_it_comes()
    {
        var network = new SimulatedNetwork(9);
        RpcProtocol early = network.Add(EndPoint(2), EndPoint(1));
        network.RunUntil(() => early.IsBootstrapped);
        Assert.Equal(0, early.Neighbours.Table.Count);

        network.Add(EndPoint(1), bootstrap: null);
        network.RunFor(TimeSpan.FromMinutes(2));

        Assert.Equal([EndPoint(1)], Table(early));
    }

    [Fact]
    public void What_is_stored_with_a_token_at_the_closest_is_found_there()
    {
        const uint Get = 100;
        const uint Put = 101;
        var network = new SimulatedNetwork(10);
        HashSet<RpcProtocol> stored = [];
        Fixed32 target = Blake2b.Hash([1]);
        for (ushort i = 1; i <= 50; i++)
        {
            RpcProtocol? self = null;
            var handler = new RecordingHandler();
            handler.Answer = request =>
            {
                if (request.Command == Put && request.Token is not null)
                {
                    stored.Add(self!);
                }

                request.Reply(request.Command == Get && stored.Contains(self!) ? new byte[] { 42 } : default);
                return true;
            };
            self = network.Add(EndPoint(i), i == 1 ? null : EndPoint(1), handler: handler);
            network.RunUntil(() => self.IsBootstrapped);
        }

        RpcProtocol writer = network.Nodes.First();
        (Query query, _) = network.RunQuery(writer, new RpcRequest(Get, target));
        foreach (RpcReply reply in query.ClosestReplies)
        {
            var put = new Requests.RecordedRequest(reply.From, new RpcRequest(Put, target, Token: reply.Token));
            network.Tell(writer, (protocol, now) => protocol.Requests.Start(now, put));
            network.RunUntil(() => put.Reply is not null);
            Assert.Equal(0u, put.Reply!.Error);
        }

        (_, List<RpcReply> found) = network.RunQuery(network.Nodes.Last(), new RpcRequest(Get, target));

        Assert.Equal(20, stored.Count);
        Assert.InRange(found.Count(static r => r.Value is not null), 19, 20);
    }

    private static SimulatedNetwork Build(int count, int seed)
    {
        var network = new SimulatedNetwork(seed);
        for (ushort i = 1; i <= count; i++)
        {
            RpcProtocol node = network.Add(EndPoint(i), i == 1 ? null : EndPoint(1));
            network.RunUntil(() => node.IsBootstrapped);
        }

        return network;
    }

    private static RpcRequest FindNode(Fixed32 target) => new(RpcCommand.FindNode, target) { IsInternal = true };

    private static UdpEndPoint EndPoint(ushort number) => new(Network + number, 49737);

    private static IEnumerable<UdpEndPoint> Closest(SimulatedNetwork network, Fixed32 target) => network.Nodes
        .Where(static node => node.Id is not null)
        .OrderBy(node => node.Id!.Value, Comparer<Fixed32>.Create((a, b) => NodeId.CompareDistance(target, a, b)))
        .Take(20)
        .Select(static node => node.Membership.MemberAddress!.Value);

    private static List<UdpEndPoint> Table(RpcProtocol node) =>
        [.. node.Neighbours.LatestFirst.Select(static neighbour => neighbour.EndPoint)];
}
