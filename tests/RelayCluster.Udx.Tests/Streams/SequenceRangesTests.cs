using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Tests.Streams;

public sealed class SequenceRangesTests
{
    [Fact]
    public void Ranges_hold_what_was_added_in_order_and_apart()
    {
        Prop.ForAll<byte[], byte>((numbers, before) =>
        {
            var ranges = new SequenceRanges();
            var origin = new SequenceNumber(uint.MaxValue - 100);
            SortedSet<byte> expected = [.. numbers];
            foreach (byte number in numbers.Distinct())
            {
                ranges.Add(origin + number);
            }

            if (!expected.Contains(before))
            {
                ranges.RemoveBefore(origin + before);
                expected.RemoveWhere(number => number < before);
            }

            List<byte> read = [];
            SequenceNumber? end = null;
            foreach (SackRange range in ranges.Ranges)
            {
                Assert.True(end is null || range.Start > end);
                end = range.End;
                for (SequenceNumber number = range.Start; number < range.End; number += 1)
                {
                    read.Add((byte)(number - origin));
                }
            }

            return expected.SequenceEqual(read);
        }).QuickCheckThrowOnFailure();
    }
}
