using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Tests.Packets;

public sealed class SequenceNumberTests
{
    [Fact]
    public void The_number_after_the_largest_is_zero()
    {
        var last = new SequenceNumber(uint.MaxValue);

        Assert.Equal(new SequenceNumber(0), last + 1);
        Assert.True(last < last + 1);
        Assert.Equal(1, last + 1 - last);
        Assert.Equal(last, new SequenceNumber(0) - 1);
    }

    [Fact]
    public void Order_is_the_sign_of_the_distance()
    {
        Prop.ForAll<uint, int>((start, steps) =>
        {
            var from = new SequenceNumber(start);
            SequenceNumber to = from + steps;
            return to - from == steps && to > from == steps > 0 && to >= from == steps >= 0 && to < from == steps < 0;
        }).QuickCheckThrowOnFailure();
    }
}
