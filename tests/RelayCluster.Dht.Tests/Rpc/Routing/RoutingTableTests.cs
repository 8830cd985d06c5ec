using System.Numerics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc.Routing;

public class RoutingTableTests
{
    [Fact]
    public void The_closest_nodes_come_in_the_references_order()
    {
        foreach (JsonElement vector in VectorFile.Load("dht-rpc.json").Where("kind", "closest"))
        {
            var table = new RoutingTable(vector.Fixed32("tableId"));
            foreach (JsonElement id in vector.GetProperty("added").EnumerateArray())
            {
                table.TryAdd(new RoutingNode(new Fixed32(id.Hex()), default));
            }

            var closest = new RoutingNode[vector.GetProperty("k").GetInt32()];
            int count = table.CopyClosest(vector.Fixed32("target"), closest);

            Assert.Equal(
                vector.GetProperty("closest").EnumerateArray().Select(static id => id.GetString()),
                closest.Take(count).Select(static node => node.Id.ToString()));
        }
    }

    [Fact]
    public void A_bucket_takes_twenty_nodes_ordered_by_id_and_none_twice()
    {
        var bucket = new KBucket();
        var random = new Random(1);
        RoutingNode[] nodes = [.. Enumerable.Range(0, KBucket.Capacity).Select(_ => RandomNode(random))];
        foreach (RoutingNode node in nodes)
        {
            Assert.True(bucket.TryAdd(node));
            Assert.False(bucket.TryAdd(new RoutingNode(node.Id, default)));
        }

        Assert.False(bucket.TryAdd(RandomNode(random)));
        Assert.Equal(
            nodes.Select(static node => node.Id.ToString()).Order(StringComparer.Ordinal),
            bucket.Nodes.Select(static node => node.Id.ToString()));
    }

    [Fact]
    public void Adding_and_removing_keeps_the_count_and_finds_what_is_there() =>
        Prop.ForAll<int>(static seed =>
        {
            var random = new Random(seed);
            var table = new RoutingTable(RandomNode(random).Id);
            Dictionary<Fixed32, RoutingNode> expected = [];
            for (int step = 0; step < 300; step++)
            {
                if (random.Next(3) > 0)
                {
                    RoutingNode node = RandomNode(random);
                    if (table.TryAdd(node))
                    {
                        expected.Add(node.Id, node);
                    }
                }
                else if (expected.Count > 0)
                {
                    Fixed32 id = expected.Keys.ElementAt(random.Next(expected.Count));
                    Assert.True(table.Remove(id));
                    Assert.False(table.Remove(id));
                    expected.Remove(id);
                }
            }

            Assert.Equal(expected.Count, table.Count);
            Assert.All(expected.Values, node => Assert.Same(node, table.Find(node.Id)));
            Assert.Equal(
                expected.Values.ToHashSet(),
                Enumerable.Range(0, table.Count).Select(i => table[i]).ToHashSet());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Distance_is_the_exclusive_or()
    {
        var random = new Random(3);
        for (int i = 0; i < 200; i++)
        {
            Fixed32 target = RandomNode(random).Id;
            Fixed32 a = RandomNode(random).Id;
            Fixed32 b = RandomNode(random).Id;
            int expected = Distance(target, a).CompareTo(Distance(target, b));
            Assert.Equal(expected, Math.Sign(NodeId.CompareDistance(target, a, b)));
            Assert.Equal(0, NodeId.CompareDistance(target, a, a));
        }
    }

    [Fact]
    public void Ids_are_hashes_of_addresses()
    {
        foreach (JsonElement vector in VectorFile.Load("hyperdht-messages.json").Where("kind", "nodeId"))
        {
            string host = vector.GetProperty("host").GetString()!;
            var endPoint = UdpEndPoint.Parse($"{host}:{vector.GetProperty("port").GetInt32()}");
            Assert.Equal(vector.Fixed32("hex"), NodeId.Of(endPoint));
        }
    }

    private static BigInteger Distance(Fixed32 a, Fixed32 b)
    {
        byte[] xor = [.. a.ToArray().Zip(b.ToArray(), static (x, y) => (byte)(x ^ y))];
        return new BigInteger(xor, isUnsigned: true, isBigEndian: true);
    }

    private static RoutingNode RandomNode(Random random)
    {
        Span<byte> id = stackalloc byte[Fixed32.Size];
        random.NextBytes(id);
        return new RoutingNode(new Fixed32(id), default);
    }
}
