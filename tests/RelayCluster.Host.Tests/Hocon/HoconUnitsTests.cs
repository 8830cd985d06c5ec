using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Tests.Hocon;

public sealed class HoconUnitsTests
{
    [Theory]
    [InlineData("15s", 15_000)]
    [InlineData("500 ms", 500)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0s", 0)]
    [InlineData("250 micros", 0.25)]
    public void Durations_have_a_number_and_a_unit(string text, double milliseconds)
    {
        Assert.True(HoconDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("512k", 512 * 1024)]
    [InlineData("512 KiB", 512 * 1024)]
    [InlineData("8MiB", 8 * 1024 * 1024)]
    [InlineData("8 MB", 8_000_000)]
    [InlineData("1.5 kB", 1500)]
    [InlineData("1 byte", 1)]
    [InlineData("3G", 3L << 30)]
    public void Sizes_have_a_number_and_maybe_a_unit(string text, long expected)
    {
        Assert.True(HoconSize.TryParse(text, out long bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("15")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 sec")]
    [InlineData("1s 2ms")]
    [InlineData(".s")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999d")]
    [InlineData("99999999999999999999999999999999s")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(HoconDuration.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1 MIB")]
    [InlineData("9999999999999T")]
    [InlineData("99999999999999999999")]
    public void What_is_no_size_is_refused(string text) => Assert.False(HoconSize.TryParse(text, out _));

    [Theory]
    [InlineData("15s")]
    [InlineData("90s")]
    [InlineData("2m")]
    [InlineData("1500ms")]
    [InlineData("0s")]
    public void A_duration_is_written_in_the_largest_unit_that_fits(string text)
    {
        Assert.True(HoconDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(text, HoconDuration.Format(duration));
    }

    [Fact]
    public void What_is_written_reads_the_same() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), number =>
        {
            long bytes = Math.Abs((long)number);
            TimeSpan duration = TimeSpan.FromMicroseconds(bytes);
            return HoconSize.TryParse(HoconSize.Format(bytes), out long readBytes) && readBytes == bytes
                && HoconDuration.TryParse(HoconDuration.Format(duration), out TimeSpan readDuration)
                && readDuration == duration;
        }).QuickCheckThrowOnFailure();
}
