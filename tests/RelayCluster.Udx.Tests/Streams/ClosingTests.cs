using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Streams;
using RelayCluster.Udx.Tests.Simulation;

namespace RelayCluster.Udx.Tests.Streams;

public sealed class ClosingTests
{
    private readonly Pair _pair = new Pair().Connect();

    [Fact]
    public void End_is_a_half_close_and_the_other_side_may_go_on()
    {
        _pair.A.Write("question"u8.ToArray());
        _pair.A.End();
        _pair.RunUntil(() => _pair.B.HasReadEnd);
        Assert.Null(_pair.B.Machine.Outcome);

        _pair.B.Write("answer"u8.ToArray());
        _pair.B.End();
        _pair.RunUntil(() => _pair.A.HasReadEnd && _pair.B.Machine.Outcome is not null);

        Assert.Equal("question"u8, _pair.B.Received.WrittenSpan);
        Assert.Equal("answer"u8, _pair.A.Received.WrittenSpan);
        Assert.Equal(UdxStreamOutcome.Ended, _pair.A.Machine.Outcome);
        Assert.Equal(UdxStreamOutcome.Ended, _pair.B.Machine.Outcome);
    }

    [Fact]
    public void Both_may_end_at_once()
    {
        _pair.A.End();
        _pair.B.End();

        _pair.RunUntil(() => _pair.A.Machine.Outcome is not null && _pair.B.Machine.Outcome is not null);

        Assert.Equal(UdxStreamOutcome.Ended, _pair.A.Machine.Outcome);
        Assert.Equal(UdxStreamOutcome.Ended, _pair.B.Machine.Outcome);
    }

    [Fact]
    public void An_end_that_ranges_told_of_before_is_acknowledged_when_the_number_catches_up()
    {
        _pair.B.End();
        _pair.RunUntil(() => _pair.A.HasReadEnd);
        _pair.BToA.Filter = _ => false;
        _pair.A.End();
        _pair.RunFor(TimeSpan.FromMilliseconds(1));

        HandAck(ack: 0, new SackRange(new SequenceNumber(0), new SequenceNumber(1)));
        Assert.Null(_pair.A.Machine.Outcome);
        HandAck(ack: 1);

        Assert.Equal(UdxStreamOutcome.Ended, _pair.A.Machine.Outcome);

        void HandAck(uint ack, params ReadOnlySpan<SackRange> ranges)
        {
            byte[] datagram = new byte[PacketHeader.Size + (ranges.Length * SackRange.Size)];
            new PacketHeader
            {
                Types = ranges.IsEmpty ? PacketTypes.None : PacketTypes.Sack,
                StreamId = 1,
                ReceiveWindow = 1 << 20,
                Sequence = new SequenceNumber(1),
                Ack = new SequenceNumber(ack),
            }.Write(datagram);
            for (int i = 0; i < ranges.Length; i++)
            {
                ranges[i].Write(datagram.AsSpan(PacketHeader.Size + (i * SackRange.Size)));
            }

            Assert.True(_pair.A.Machine.HandleDatagram(_pair.Now, datagram));
        }
    }

    [Fact]
    public void An_end_sent_again_to_a_stream_that_is_over_is_acknowledged()
    {
        _pair.A.End();
        _pair.RunUntil(() => _pair.B.HasReadEnd);
        int dropped = 0;
        _pair.AToB.Filter = _ => dropped++ > 2;
        _pair.B.End();

        _pair.RunUntil(() => _pair.B.Machine.Outcome is not null);

        Assert.True(dropped > 2);
        Assert.Equal(UdxStreamOutcome.Ended, _pair.B.Machine.Outcome);
    }

    [Fact]
    public void A_peer_that_is_gone_after_both_ended_is_taken_to_have_ended()
    {
        _pair.A.End();
        _pair.RunUntil(() => _pair.B.HasReadEnd);
        _pair.AToB.Filter = _ => false;
        _pair.B.End();

        _pair.RunUntil(() => _pair.B.Machine.Outcome is not null, TimeSpan.FromSeconds(15));

        Assert.Equal(UdxStreamOutcome.Ended, _pair.B.Machine.Outcome);
    }

    // The reference says once that it has what came last, and is gone: were that data too, we could not take its silence
    // for consent.
    [Fact]
    public void An_end_has_a_packet_of_its_own()
    {
        List<PacketTypes> sent = [];
        _pair.AToB.Filter = datagram =>
        {
            Assert.True(PacketHeader.TryRead(datagram, out PacketHeader header));
            sent.Add(header.Types);
            return true;
        };

        _pair.A.Write("all"u8.ToArray());
        _pair.A.End();
        _pair.RunUntil(() => _pair.B.HasReadEnd);

        Assert.Equal([PacketTypes.Data, PacketTypes.End], sent);
    }

    [Fact]
    public void Destroy_resets_the_peer_and_drops_what_was_not_sent()
    {
        _pair.A.Write(new byte[500_000]);
        _pair.RunFor(TimeSpan.FromMilliseconds(1));

        _pair.A.Machine.Destroy(_pair.Now);
        _pair.RunUntil(() => _pair.B.Machine.Outcome is not null);

        Assert.Equal(UdxStreamOutcome.Destroyed, _pair.A.Machine.Outcome);
        Assert.Equal(UdxStreamOutcome.ResetByPeer, _pair.B.Machine.Outcome);
        Assert.IsType<IOException>(_pair.B.ReadError);
    }

    // What is signalled and what is posted come to the loop by two ways, in either order.
    [Fact]
    public void An_abort_of_which_the_loop_has_not_heard_is_no_end()
    {
        _pair.A.Abort();
        _pair.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.False(_pair.B.HasReadEnd);

        _pair.A.Machine.Destroy(_pair.Now);
        _pair.RunUntil(() => _pair.B.Machine.Outcome is not null);

        Assert.Equal(UdxStreamOutcome.ResetByPeer, _pair.B.Machine.Outcome);
        Assert.IsType<IOException>(_pair.B.ReadError);
    }

    [Fact]
    public void A_destroy_that_was_lost_is_told_again_when_the_peer_speaks()
    {
        int sent = 0;
        _pair.AToB.Filter = _ => sent++ > 0;
        _pair.A.Machine.Destroy(_pair.Now);
        _pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Null(_pair.B.Machine.Outcome);

        _pair.B.Write([1]);
        _pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(UdxStreamOutcome.ResetByPeer, _pair.B.Machine.Outcome);
    }

    [Fact]
    public void A_stream_that_is_over_is_forgotten_after_its_linger()
    {
        _pair.A.Machine.Destroy(_pair.Now);
        _pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.False(_pair.A.Machine.IsFinished);
        Assert.True(_pair.B.Machine.IsFinished);

        _pair.RunFor(StreamMachine.LingerTime);

        Assert.True(_pair.A.Machine.IsFinished);
    }

    [Fact]
    public void A_stream_that_was_never_connected_is_finished_at_once_and_silent()
    {
        var pair = new Pair();

        pair.A.Machine.Destroy(pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.True(pair.A.Machine.IsFinished);
        Assert.Equal(0, pair.AToB.SentDatagrams);
    }

    [Fact]
    public void A_silent_peer_is_given_up()
    {
        _pair.AToB.Filter = _ => false;
        _pair.A.Write([1]);

        _pair.RunUntil(() => _pair.A.Machine.Outcome is not null, TimeSpan.FromMinutes(1));

        Assert.Equal(UdxStreamOutcome.TimedOut, _pair.A.Machine.Outcome);
        Assert.InRange(_pair.Now.TotalSeconds, 10, 30);
        Assert.IsType<IOException>(_pair.A.ReadError);
    }

    [Fact]
    public void A_destroy_from_before_what_was_read_is_ignored()
    {
        _pair.A.Write([1]);
        _pair.RunFor(TimeSpan.FromSeconds(1));
        byte[] destroy = new byte[PacketHeader.Size];
        new PacketHeader
        {
            Types = PacketTypes.Destroy,
            StreamId = 2,
            ReceiveWindow = 0,
            Sequence = new SequenceNumber(0),
            Ack = new SequenceNumber(0),
        }.Write(destroy);

        _pair.B.Machine.HandleDatagram(_pair.Now, destroy);

        Assert.Null(_pair.B.Machine.Outcome);
    }
}
