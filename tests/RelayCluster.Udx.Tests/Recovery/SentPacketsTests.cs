using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Tests.Recovery;

public sealed class SentPacketsTests
{
    private readonly SentPackets _packets = new(new SequenceNumber(uint.MaxValue - 3));

    [Fact]
    public void Lists_follow_the_packets_through_loss_and_acknowledgement()
    {
        SequenceNumber first = Append(5);

        _packets.MarkLost(first);
        _packets.MarkLost(first + 2);
        _packets.MarkAcked(first + 1);
        Assert.Equal((2, 2, 1), (_packets.InFlightCount, _packets.LostCount, _packets.SackedCount));
        Assert.Equal(first, _packets.FirstLost);
        Assert.Equal(first + 3, _packets.OldestInFlight);

        _packets.MarkSentAgain(first, TimeSpan.FromSeconds(1));
        Assert.Equal(first + 2, _packets.FirstLost);
        Assert.Equal(first + 3, _packets.OldestInFlight);
        Assert.True(_packets[first].IsRetransmitted);
        Assert.Equal(400, _packets.UnackedBytes);
    }

    [Fact]
    public void The_ring_grows_and_keeps_what_it_holds()
    {
        SequenceNumber first = Append(10);
        _packets.MarkAcked(first);
        _packets.Forget(first + 1);

        Append(1_000);

        Assert.Equal(1_009, _packets.InFlightCount);
        Assert.Equal(first + 1, _packets.OldestInFlight);
        for (int i = 1; i < 1_010; i++)
        {
            Assert.True(_packets.IsUnacked(first + i));
            _packets.MarkAcked(first + i);
        }

        Assert.Equal((0, 0), (_packets.InFlightCount, _packets.UnackedBytes));
    }

    private SequenceNumber Append(int count)
    {
        SequenceNumber first = _packets.Next;
        for (int i = 0; i < count; i++)
        {
            _packets.Append(new SentPacket { DataBytes = 100, Types = PacketTypes.Data });
        }

        return first;
    }
}
