using RelayCluster.Udx.Streams;
using RelayCluster.Udx.Tests.Simulation;

namespace RelayCluster.Udx.Tests.Streams;

/// <summary>Bytes arrive whole and in order, whatever the network does.</summary>
public sealed class TransferTests
{
    private const int Megabyte = 1_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Loss_reordering_and_duplication_both_ways(int seed)
    {
        var pair = new Pair(seed)
        {
            Conditions = new LinkConditions { Loss = 0.05, Reordering = 0.2, Duplication = 0.05 },
        };

        TransferBothWays(pair, seed, 10 * Megabyte);
    }

    [Fact]
    public void A_bottleneck_with_a_short_queue()
    {
        var pair = new Pair
        {
            Conditions = new LinkConditions { BytesPerSecond = 2_000_000, QueueBytes = 32 * 1024 },
        };

        TransferBothWays(pair, 4, 5 * Megabyte);

        Assert.InRange(pair.Now.TotalSeconds, 2.5, 5);
        Assert.InRange(pair.AToB.SentBytes, 5 * Megabyte, 5.6 * Megabyte);
    }

    [Fact]
    public void A_long_way_is_filled()
    {
        var options = new UdxStreamOptions { ReceiveWindowBytes = 4 << 20, SendBufferBytes = 4 << 20 };
        var pair = new Pair(5, options, options)
        {
            Conditions = new LinkConditions
            {
                Latency = TimeSpan.FromMilliseconds(50),
                BytesPerSecond = 10_000_000,
                QueueBytes = 500_000,
            },
        };

        TransferBothWays(pair, 5, 20 * Megabyte);

        Assert.InRange(pair.Now.TotalSeconds, 2, 5);
    }

    [Fact]
    public void A_quarter_of_all_datagrams_lost_is_survived()
    {
        var pair = new Pair(6) { Conditions = new LinkConditions { Loss = 0.25 } };

        TransferBothWays(pair, 6, 50_000);
    }

    [Fact]
    public void Numbers_wrap()
    {
        var a = new UdxStreamOptions { InitialSequence = uint.MaxValue - 100, InitialRemoteSequence = int.MaxValue - 5 };
        var b = new UdxStreamOptions { InitialSequence = int.MaxValue - 5, InitialRemoteSequence = uint.MaxValue - 100 };
        var pair = new Pair(7, a, b) { Conditions = new LinkConditions { Loss = 0.02, Reordering = 0.1 } };

        TransferBothWays(pair, 7, Megabyte);
    }

    [Fact]
    public void Many_small_writes_share_packets()
    {
        Pair pair = new Pair().Connect();
        byte[] data = RandomBytes(8, 100_000);
        pair.A.Write([.. data.Chunk(10)]);
        pair.A.End();

        pair.RunUntil(() => pair.B.HasReadEnd);

        Assert.Equal(data, pair.B.Received.WrittenSpan);
        Assert.InRange(pair.AToB.SentDatagrams, 80, 200);
    }

    [Fact]
    public void Without_loss_nothing_is_sent_twice()
    {
        var pair = new Pair();

        TransferBothWays(pair, 9, 2 * Megabyte);

        Assert.Equal(0, pair.A.Machine.RetransmittedPackets + pair.B.Machine.RetransmittedPackets);
    }

    [Fact]
    public void Reordering_alone_is_hardly_taken_for_loss()
    {
        var pair = new Pair(10)
        {
            Conditions = new LinkConditions { Reordering = 0.2, ReorderingDelay = TimeSpan.FromMilliseconds(4) },
        };

        TransferBothWays(pair, 10, 2 * Megabyte);

        Assert.InRange(pair.A.Machine.RetransmittedPackets, 0, 40);
    }

    [Fact]
    public void A_path_that_carries_less_than_the_largest_packet_is_found_out()
    {
        var pair = new Pair(11) { Conditions = new LinkConditions { Mtu = 1300 } };

        TransferBothWays(pair, 11, 2 * Megabyte);

        Assert.InRange(pair.A.Machine.DatagramBytes + 28, 1200 + 32, 1300);
    }

    [Fact]
    public void A_path_that_carries_1500_bytes_is_used_whole()
    {
        var pair = new Pair(12);

        TransferBothWays(pair, 12, 10 * Megabyte);

        Assert.Equal(1500 - 28, pair.A.Machine.DatagramBytes);
        Assert.Equal(1500 - 28, pair.AToB.LargestDelivered);
    }

    [Fact]
    public void Packets_before_the_connection_are_taken_and_acknowledged_after_it()
    {
        var pair = new Pair();
        pair.A.Machine.Connect(pair.Now, 2);
        pair.A.Write("hello"u8.ToArray());
        pair.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal("hello"u8, pair.B.Received.WrittenSpan);
        Assert.Equal(0, pair.BToA.SentDatagrams);

        pair.B.Machine.Connect(pair.Now, 1);
        pair.RunFor(TimeSpan.FromMilliseconds(100));

        Assert.Equal(0, pair.A.Machine.PacketsInFlight);
    }

    private static void TransferBothWays(Pair pair, int seed, int bytes)
    {
        pair.Connect();
        byte[] fromA = RandomBytes(seed, bytes);
        byte[] fromB = RandomBytes(~seed, bytes);
        pair.A.Write([.. fromA.Chunk(50_000)]);
        pair.B.Write([.. fromB.Chunk(50_000)]);
        pair.A.End();
        pair.B.End();

        pair.RunUntil(() => pair.A.Machine.Outcome is not null && pair.B.Machine.Outcome is not null);

        Assert.Equal(UdxStreamOutcome.Ended, pair.A.Machine.Outcome);
        Assert.Equal(UdxStreamOutcome.Ended, pair.B.Machine.Outcome);
        Assert.True(fromA.AsSpan().SequenceEqual(pair.B.Received.WrittenSpan), $"seed {seed}: B read something else");
        Assert.True(fromB.AsSpan().SequenceEqual(pair.A.Received.WrittenSpan), $"seed {seed}: A read something else");
    }

    private static byte[] RandomBytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
