using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Tests.Streams;

public sealed class ReorderBufferTests
{
    private static readonly SequenceNumber Expected = new(uint.MaxValue - 5);

    private readonly ReorderBuffer _buffer = new(maxDistance: 100);

    [Fact]
    public void A_packet_waits_until_the_gap_before_it_closes()
    {
        Assert.True(Add(3));
        Assert.False(_buffer.TryGet(Expected, out _, out _));

        Assert.True(_buffer.TryGet(Expected + 3, out PacketTypes types, out ReadOnlySpan<byte> data));

        Assert.Equal(PacketTypes.Data, types);
        Assert.Equal(10, data.Length);
        _buffer.Remove(Expected + 3);
        Assert.Equal((0, 0), (_buffer.Count, _buffer.Bytes));
    }

    [Fact]
    public void A_duplicate_is_refused()
    {
        Assert.True(Add(3));
        Assert.False(Add(3));
        Assert.Equal(1, _buffer.Count);
    }

    [Fact]
    public void What_is_too_far_ahead_or_too_large_is_refused()
    {
        Assert.False(Add(101));
        Assert.False(_buffer.TryAdd(Expected + 1, Expected, PacketTypes.Data, new byte[10], allowedBytes: 9));
        Assert.Equal(0, _buffer.Count);
    }

    [Fact]
    public void Growing_keeps_what_is_held()
    {
        for (int distance = 1; distance <= 100; distance += 3)
        {
            Assert.True(Add(distance));
        }

        for (int distance = 1; distance <= 100; distance++)
        {
            Assert.Equal(distance % 3 == 1, _buffer.TryGet(Expected + distance, out _, out _));
        }
    }

    [Fact]
    public void Clearing_gives_everything_back()
    {
        Add(1);
        Add(5);

        _buffer.Clear();

        Assert.Equal((0, 0, 0), (_buffer.Count, _buffer.Bytes, _buffer.Ranges.Length));
        Assert.True(Add(1));
    }

    private bool Add(int distance) =>
        _buffer.TryAdd(Expected + distance, Expected, PacketTypes.Data, new byte[10], allowedBytes: 10_000);
}
