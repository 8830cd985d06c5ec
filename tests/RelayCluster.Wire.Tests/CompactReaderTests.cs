using RelayCluster.Wire.Values;

namespace RelayCluster.Wire.Tests;

public sealed class CompactReaderTests
{
    // a count of 2^53-1 with nothing behind it
    private static readonly byte[] HugeCount = Convert.FromHexString("ffffffffffffff1f00");

    [Fact]
    public void Count_MoreThanTheBytesCanHold_IsRefusedBeforeAllocation()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ProtocolException>(static () => new CompactReader(HugeCount).ReadBuffer());
        Assert.Throws<ProtocolException>(static () =>
        {
            var reader = new CompactReader(HugeCount);
            return reader.ReadArray(static (ref CompactReader entry) => entry.ReadUInt8());
        });
        Assert.Throws<ProtocolException>(static () =>
        {
            var reader = new CompactReader(HugeCount);
            return reader.ReadStringRecord();
        });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    [Fact]
    public void Count_OfLargeEntries_CountsTheirSize()
    {
        var bytes = new byte[1 + 63];
        bytes[0] = 2;
        Assert.Throws<ProtocolException>(() => new CompactReader(bytes).ReadCount(Fixed32.Size));
        Assert.Equal(1, new CompactReader([1, .. new byte[32]]).ReadCount(Fixed32.Size));
    }

    [Fact]
    public void Limit_IsHeld()
    {
        Assert.Equal(3, new CompactReader([3]).ReadUInt(limit: 3));
        Assert.Throws<ProtocolException>(static () => new CompactReader([4]).ReadUInt(limit: 3));
        Assert.Throws<ProtocolException>(static () => new CompactReader([2, 97, 97]).ReadString(limitBytes: 1));
    }

    [Fact]
    public void Position_TellsWhereTheSpanLies()
    {
        byte[] bytes = [9, 2, 0xaa, 0xbb, 7];
        var reader = new CompactReader(bytes);
        reader.ReadUInt8();
        ReadOnlySpan<byte> buffer = reader.ReadBuffer();

        Assert.Equal(4, reader.Position);
        Assert.Equal(1, reader.Remaining);
        Assert.True(buffer.Overlaps(bytes.AsSpan(2, 2)));
    }

    [Fact]
    public void Date_BeyondTheCalendar_IsRefused()
    {
        var bytes = new byte[CompactSize.Int(1L << 51)];
        new CompactWriter(bytes).WriteInt(1L << 51);
        Assert.Throws<ProtocolException>(() => new CompactReader(bytes).ReadDate());
    }

    [Fact]
    public void LexInt_OfMoreThan32Bits_IsRefused()
    {
        Assert.Throws<ProtocolException>(static () => ReadLexInt("feffffffff"));
        Assert.Throws<ProtocolException>(static () => ReadLexInt("ff00080000000000"));
    }

    private static uint ReadLexInt(string hex)
    {
        var reader = new CompactReader(Convert.FromHexString(hex));
        return reader.ReadLexInt();
    }
}
