using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Streams;
using RelayCluster.Udx.Tests.Simulation;

namespace RelayCluster.Udx.Tests.Streams;

public sealed class StreamMachineTests
{
    private readonly byte[] _buffer = new byte[2048];

    [Fact]
    public void Heartbeats_go_out_while_idle_and_are_answered()
    {
        var options = new UdxStreamOptions { KeepAlive = TimeSpan.FromSeconds(5) };
        Pair pair = new Pair(1, options).Connect();

        pair.RunFor(TimeSpan.FromSeconds(16));

        Assert.Equal(3, pair.AToB.SentDatagrams);
        Assert.Equal(3, pair.BToA.SentDatagrams);
    }

    [Fact]
    public void Without_keep_alive_an_idle_stream_is_silent_and_sets_no_timer()
    {
        Pair pair = new Pair().Connect();
        pair.A.Write([1]);
        pair.RunFor(TimeSpan.FromSeconds(1));
        long sent = pair.AToB.SentDatagrams + pair.BToA.SentDatagrams;

        pair.RunFor(TimeSpan.FromHours(1));

        Assert.Equal(sent, pair.AToB.SentDatagrams + pair.BToA.SentDatagrams);
        Assert.Null(pair.A.Machine.NextTimeout);
        Assert.Null(pair.B.Machine.NextTimeout);
    }

    [Fact]
    public void A_packet_lost_in_the_middle_is_sent_again_within_two_round_trips()
    {
        Pair pair = new Pair().Connect();
        int sent = 0;
        pair.AToB.Filter = _ => sent++ != 2;
        pair.A.Write([.. Enumerable.Repeat(new byte[1_000], 9)]);

        pair.RunUntil(() => pair.B.Received.WrittenCount == 9_000);

        Assert.InRange(pair.Now.TotalMilliseconds, 30, 60);
        Assert.Equal(1, pair.A.Machine.RetransmittedPackets);
    }

    [Fact]
    public void A_lost_tail_is_found_by_a_probe_before_the_timer_runs_out()
    {
        Pair pair = new Pair().Connect();
        pair.A.Write([1]);
        pair.RunFor(TimeSpan.FromMilliseconds(500));
        int sent = 0;
        pair.AToB.Filter = _ => sent++ > 0;
        TimeSpan start = pair.Now;
        pair.A.Write([2]);

        pair.RunUntil(() => pair.B.Received.WrittenCount == 2);

        Assert.InRange((pair.Now - start).TotalMilliseconds, 40, 100);
    }

    [Fact]
    public void One_acknowledgement_serves_a_batch_of_datagrams()
    {
        Side side = ConnectedSide();
        for (uint number = 0; number < 10; number++)
        {
            side.Machine.HandleDatagram(TimeSpan.Zero, Packet(PacketTypes.Data, number, 0, [1]));
        }

        Assert.True(side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out int length));

        Assert.Equal(PacketHeader.Size, length);
        PacketHeader.TryRead(_buffer, out PacketHeader header);
        Assert.Equal(10u, header.Ack.Value);
        Assert.False(side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out _));
    }

    [Fact]
    public void Data_carries_the_acknowledgement()
    {
        Side side = ConnectedSide();
        side.Machine.HandleDatagram(TimeSpan.Zero, Packet(PacketTypes.Data, 0, 0, [1]));
        side.Write([2]);
        side.RunApplication(TimeSpan.Zero);

        Assert.True(side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out _));

        PacketHeader.TryRead(_buffer, out PacketHeader header);
        Assert.Equal((PacketTypes.Data, 1u), (header.Types, header.Ack.Value));
        Assert.False(side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out _));
    }

    [Fact]
    public void Gaps_are_told_in_ranges()
    {
        Side side = ConnectedSide();
        foreach (uint number in (uint[])[2, 3, 6, 8])
        {
            side.Machine.HandleDatagram(TimeSpan.Zero, Packet(PacketTypes.Data, number, 0, [1]));
        }

        Assert.True(side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out int length));

        PacketHeader.TryRead(_buffer, out PacketHeader header);
        Assert.Equal((PacketTypes.Sack, 0u), (header.Types, header.Ack.Value));
        ReadOnlySpan<byte> ranges = _buffer.AsSpan(PacketHeader.Size, length - PacketHeader.Size);
        List<(uint, uint)> read = [];
        while (SackRange.TryRead(ref ranges, out SackRange range))
        {
            read.Add((range.Start.Value, range.End.Value));
        }

        Assert.Equal([(2u, 4u), (6u, 7u), (8u, 9u)], read);
    }

    [Fact]
    public void A_duplicate_is_acknowledged_again_and_read_once()
    {
        Side side = ConnectedSide();
        byte[] packet = Packet(PacketTypes.Data, 0, 0, [1]);
        side.Machine.HandleDatagram(TimeSpan.Zero, packet);
        side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out _);

        side.Machine.HandleDatagram(TimeSpan.Zero, packet);

        Assert.True(side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out _));
        side.Machine.FlushInput();
        side.RunApplication(TimeSpan.Zero);
        Assert.Equal(1, side.Received.WrittenCount);
    }

    [Fact]
    public void An_acknowledgement_of_what_was_not_sent_is_refused_with_its_packet()
    {
        Side side = ConnectedSide();

        Assert.False(side.Machine.HandleDatagram(TimeSpan.Zero, Packet(PacketTypes.Data, 0, 1, [1])));
        Assert.False(side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out _));
    }

    // Numbers that lie half the circle apart are each before the other, so no order of two of them proves anything.
    [Theory]
    [InlineData(false, 0u, 0x8000_0000)]
    [InlineData(true, 0x7fff_ffff, 0xffff_fffe)]
    [InlineData(true, 2u, 0x8000_0002)]
    [InlineData(true, 2u, 2u)]
    [InlineData(true, 2u, 1u)]
    [InlineData(true, 0xffff_ffff, 1u)]
    [InlineData(true, 1u, 100u)]
    public void Ranges_of_what_was_not_sent_are_passed_over(bool hasSent, uint start, uint end)
    {
        Side side = ConnectedSide();
        if (hasSent)
        {
            side.Write(new byte[5000]);
            side.RunApplication(TimeSpan.Zero);
            while (side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out _))
            {
            }
        }

        int inFlight = side.Machine.PacketsInFlight;
        Assert.Equal(hasSent, inFlight > 2);
        byte[] ranges = new byte[SackRange.Size];
        new SackRange(new SequenceNumber(start), new SequenceNumber(end)).Write(ranges);

        Assert.True(side.Machine.HandleDatagram(TimeSpan.Zero, Packet(PacketTypes.Sack, 0, 0, ranges)));

        Assert.Equal(inFlight, side.Machine.PacketsInFlight);
    }

    [Fact]
    public void Messages_outside_the_order_are_passed_over()
    {
        Side side = ConnectedSide();

        side.Machine.HandleDatagram(TimeSpan.Zero, Packet(PacketTypes.Message, 0, 0, [1, 2, 3]));

        Assert.False(side.Machine.TryWriteDatagram(TimeSpan.Zero, _buffer, out _));
    }

    // A stranger who knows the id can send anything; the machine goes on, and sends no more than an answer.
    [Fact]
    public void Any_packets_leave_the_machine_alive()
    {
        Prop.ForAll<(byte, byte, uint, byte)[], byte[]>((packets, body) =>
        {
            Side side = ConnectedSide();
            side.Write(new byte[20_000]);
            side.RunApplication(TimeSpan.Zero);
            TimeSpan now = TimeSpan.Zero;
            foreach ((byte types, byte offset, uint window, byte number) in packets)
            {
                byte[] packet = Packet((PacketTypes)types, number, (uint)(number % 12), body);
                packet[3] = offset;
                BitConverter.TryWriteBytes(packet.AsSpan(8), window);
                side.Machine.HandleDatagram(now, packet);
                side.Machine.FlushInput();
                side.RunApplication(now);
                for (int i = 0; i < 100 && side.Machine.TryWriteDatagram(now, _buffer, out _); i++)
                {
                }

                now += TimeSpan.FromMilliseconds(number);
                side.Machine.HandleTimeout(now);
            }
        }).QuickCheckThrowOnFailure();
    }

    private static Side ConnectedSide()
    {
        var side = new Side();
        side.Machine.Connect(TimeSpan.Zero, 1);
        return side;
    }

    private static byte[] Packet(PacketTypes types, uint number, uint ack, byte[] body)
    {
        byte[] datagram = new byte[PacketHeader.Size + body.Length];
        new PacketHeader
        {
            Types = types,
            StreamId = 1,
            ReceiveWindow = 1_000_000,
            Sequence = new SequenceNumber(number),
            Ack = new SequenceNumber(ack),
        }.Write(datagram);
        body.CopyTo(datagram, PacketHeader.Size);
        return datagram;
    }
}
