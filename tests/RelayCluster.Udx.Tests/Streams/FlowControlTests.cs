using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Streams;
using RelayCluster.Udx.Tests.Simulation;

namespace RelayCluster.Udx.Tests.Streams;

public sealed class FlowControlTests
{
    private const int Window = 64 * 1024;

    private static readonly UdxStreamOptions Small = new() { ReceiveWindowBytes = Window, SendBufferBytes = Window };

    [Fact]
    public void A_stalled_reader_bounds_what_both_sides_hold()
    {
        Pair pair = new Pair(1, Small, Small).Connect();
        pair.B.IsReading = false;
        pair.A.Write([.. Enumerable.Repeat(new byte[10_000], 1000)]);

        pair.RunFor(TimeSpan.FromSeconds(30));

        Assert.True(pair.A.IsBlocked);
        Assert.Null(pair.A.Machine.Outcome);
        Assert.InRange(pair.AToB.SentBytes, Window / 2, (2 * Window) + 10_000);
    }

    [Fact]
    public void Reading_again_reopens_the_window_without_being_asked()
    {
        Pair pair = new Pair(2, Small, Small).Connect();
        pair.B.IsReading = false;
        byte[] data = new byte[1_000_000];
        new Random(2).NextBytes(data);
        pair.A.Write([.. data.Chunk(10_000)]);
        pair.A.End();
        pair.RunFor(TimeSpan.FromSeconds(4.9));
        TimeSpan resumed = pair.Now;

        pair.B.IsReading = true;
        pair.RunUntil(() => pair.B.HasReadEnd);

        Assert.Equal(data, pair.B.Received.WrittenSpan);
        Assert.InRange((pair.Now - resumed).TotalSeconds, 0, 1);
    }

    [Fact]
    public void A_lost_window_update_is_found_by_probing()
    {
        Pair pair = new Pair(3, Small, Small).Connect();
        pair.B.IsReading = false;
        pair.A.Write(new byte[200_000]);
        pair.A.End();
        pair.RunFor(TimeSpan.FromSeconds(2));
        pair.BToA.Filter = _ => false;
        pair.B.IsReading = true;
        pair.RunFor(TimeSpan.FromMilliseconds(50));
        pair.BToA.Filter = null;

        pair.RunUntil(() => pair.B.HasReadEnd, TimeSpan.FromSeconds(20));

        Assert.Equal(200_000, pair.B.Received.WrittenCount);
    }

    [Fact]
    public void An_end_needs_no_window()
    {
        Pair pair = new Pair(4, Small, Small).Connect();
        pair.B.IsReading = false;
        pair.A.Write(new byte[Window]);
        pair.A.End();
        pair.RunFor(TimeSpan.FromSeconds(10));

        pair.B.IsReading = true;
        pair.RunUntil(() => pair.B.HasReadEnd);

        Assert.Equal(Window, pair.B.Received.WrittenCount);
    }

    [Fact]
    public void A_reader_that_went_away_does_not_stop_the_peer()
    {
        Pair pair = new Pair(5, Small, Small).Connect();
        pair.B.IsReading = false;
        pair.B.CompleteInput();
        pair.A.Write([.. Enumerable.Repeat(new byte[10_000], 100)]);
        pair.A.End();

        pair.RunUntil(() => pair.A.Machine.PacketsInFlight == 0 && !pair.A.IsBlocked && pair.AToB.SentBytes > 1_000_000);

        Assert.Null(pair.A.Machine.Outcome);
    }

    [Fact]
    public void Packets_beyond_the_window_are_not_kept()
    {
        var side = new Side(Small);
        side.Machine.Connect(TimeSpan.Zero, 1);

        for (uint number = 1; number < 5_000; number++)
        {
            side.Machine.HandleDatagram(TimeSpan.Zero, Data(number, 1_000));
        }

        Assert.InRange(AdvertisedAfter(side), 0u, 2_000u);
        side.Machine.HandleDatagram(TimeSpan.Zero, Data(0, 1_000));
        side.Machine.FlushInput();
        side.RunApplication(TimeSpan.Zero);
        Assert.InRange(side.Received.WrittenCount, Window / 2, Window + 1_000);
    }

    [Fact]
    public void A_flood_into_a_closed_window_is_dropped()
    {
        var side = new Side(Small) { IsReading = false };
        side.Machine.Connect(TimeSpan.Zero, 1);

        for (uint number = 0; number < 5_000; number++)
        {
            side.Machine.HandleDatagram(TimeSpan.Zero, Data(number, 1_000));
            side.Machine.FlushInput();
        }

        side.IsReading = true;
        side.RunApplication(TimeSpan.Zero);
        Assert.InRange(side.Received.WrittenCount, Window, (2 * Window) + 1_000);
    }

    private static byte[] Data(uint number, int bytes)
    {
        byte[] datagram = new byte[PacketHeader.Size + bytes];
        new PacketHeader
        {
            Types = PacketTypes.Data,
            StreamId = 1,
            ReceiveWindow = 1_000_000,
            Sequence = new SequenceNumber(number),
            Ack = default,
        }.Write(datagram);
        return datagram;
    }

    private static uint AdvertisedAfter(Side side)
    {
        byte[] datagram = new byte[2048];
        Assert.True(side.Machine.TryWriteDatagram(TimeSpan.Zero, datagram, out _));
        Assert.True(PacketHeader.TryRead(datagram, out PacketHeader header));
        return header.ReceiveWindow;
    }
}
