using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Tests.Packets;

public sealed class PacketHeaderTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        Prop.ForAll<(byte, byte, uint, uint), (uint, uint)>((first, second) =>
        {
            var header = new PacketHeader
            {
                Types = (PacketTypes)first.Item1,
                DataOffset = first.Item2,
                StreamId = first.Item3,
                ReceiveWindow = first.Item4,
                Sequence = new SequenceNumber(second.Item1),
                Ack = new SequenceNumber(second.Item2),
            };
            byte[] bytes = new byte[PacketHeader.Size];
            header.Write(bytes);
            return PacketHeader.TryRead(bytes, out PacketHeader read) && read == header;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_throw()
    {
        Prop.ForAll<byte[]>(body =>
        {
            byte[] datagram = [PacketHeader.Magic, PacketHeader.Version, .. body];
            if (PacketHeader.TryRead(datagram, out PacketHeader header) &&
                header.TrySplitBody(datagram.AsSpan(PacketHeader.Size), out var sacks, out _))
            {
                while (SackRange.TryRead(ref sacks, out _))
                {
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Truncated_and_foreign_datagrams_are_refused()
    {
        byte[] packet = new byte[PacketHeader.Size];
        new PacketHeader
        {
            Types = PacketTypes.Data,
            StreamId = 1,
            ReceiveWindow = 2,
            Sequence = default,
            Ack = default,
        }.Write(packet);

        for (int length = 0; length < PacketHeader.Size; length++)
        {
            Assert.False(PacketHeader.TryRead(packet.AsSpan(0, length), out _));
        }

        Assert.False(PacketHeader.TryRead([254, .. packet[1..]], out _));
        Assert.False(PacketHeader.TryRead([packet[0], 2, .. packet[2..]], out _));
    }

    [Theory]
    [InlineData(PacketTypes.Data, 0, 0, 16)]
    [InlineData(PacketTypes.Data, 10, 0, 6)]
    [InlineData(PacketTypes.Sack, 0, 16, 0)]
    [InlineData(PacketTypes.Sack | PacketTypes.Data, 8, 8, 8)]
    [InlineData(PacketTypes.Sack, 16, 16, 0)]
    internal void The_body_is_split_at_the_offset(PacketTypes types, byte offset, int sackBytes, int dataBytes)
    {
        PacketHeader header = Header(types, offset);

        Assert.True(header.TrySplitBody(new byte[16], out ReadOnlySpan<byte> sacks, out ReadOnlySpan<byte> data));

        Assert.Equal((sackBytes, dataBytes), (sacks.Length, data.Length));
    }

    [Fact]
    public void An_offset_behind_the_end_is_refused() =>
        Assert.False(Header(PacketTypes.Data, 17).TrySplitBody(new byte[16], out _, out _));

    private static PacketHeader Header(PacketTypes types, byte offset) => new()
    {
        Types = types,
        DataOffset = offset,
        StreamId = 1,
        ReceiveWindow = 1,
        Sequence = default,
        Ack = default,
    };
}
