using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Relay.Policy;

namespace RelayCluster.Relay.Tests.Policy;

public sealed class TokenBucketTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Take_UpToASecondsWorth_WaitsForNothing()
    {
        var bucket = new TokenBucket(1000);

        Assert.Equal(TimeSpan.Zero, bucket.Take(TimeSpan.Zero, 600));
        Assert.Equal(TimeSpan.Zero, bucket.Take(TimeSpan.Zero, 400));
        Assert.False(bucket.HasAny(TimeSpan.Zero));
    }

    [Fact]
    public void Take_Beyond_WaitsUntilTheDebtIsPaid()
    {
        var bucket = new TokenBucket(1000);
        bucket.Take(TimeSpan.Zero, 1000);

        Assert.Equal(Second / 2, bucket.Take(TimeSpan.Zero, 500));
        Assert.Equal(Second, bucket.Take(TimeSpan.Zero, 500));
        Assert.Equal(TimeSpan.Zero, bucket.Take(Second * 2, 1000));
    }

    [Fact]
    public void Take_AfterALongPause_HasASecondsWorthAndNoMore()
    {
        var bucket = new TokenBucket(1000);
        bucket.Take(TimeSpan.Zero, 1000);

        Assert.Equal(Second, bucket.Take(TimeSpan.FromDays(400), 2000));
    }

    [Fact]
    public void HasAny_OnceAToken_AsOftenAsTheRate()
    {
        var bucket = new TokenBucket(3);
        int granted = 0;
        for (TimeSpan now = TimeSpan.Zero; now < Second * 10; now += TimeSpan.FromMilliseconds(7))
        {
            if (bucket.HasAny(now))
            {
                bucket.Take(now, 1);
                granted++;
            }
        }

        Assert.InRange(granted, (3 * 10) + 3 - 1, (3 * 10) + 3);
    }

    [Fact]
    public void Take_MoreThanAnybodyWaitsFor_WaitsADay() =>
        Assert.Equal(TokenBucket.LongestWait, new TokenBucket(1).Take(TimeSpan.Zero, int.MaxValue));

    [Fact]
    public void Take_DebtOfManyFrames_DoesNotOverflow()
    {
        var bucket = new TokenBucket(int.MaxValue);
        TimeSpan wait = TimeSpan.Zero;
        for (int i = 0; i < 100_000; i++)
        {
            wait = bucket.Take(TimeSpan.Zero, int.MaxValue);
        }

        Assert.Equal(TokenBucket.LongestWait, wait);
    }

    [Fact]
    public void Take_TimesOutOfOrder_LoseNothing()
    {
        var bucket = new TokenBucket(1000);
        bucket.Take(Second, 1000);

        Assert.Equal(Second, bucket.Take(Second / 2, 1000));
        Assert.Equal(Second, bucket.Take(Second * 2, 1000));
    }

    /// <summary>
    /// Whoever waits as told goes at the rate: never faster, and never slower than a second's worth. With 3 a second nobody
    /// here has to wait for more than <see cref="TokenBucket.LongestWait"/>.
    /// </summary>
    [Fact]
    public void Takers_who_wait_as_told_go_at_the_rate() =>
        Prop.ForAll(
            Gen.Choose(3, 100_000).Zip(Gen.Choose(1, 200_000).NonEmptyListOf()).ToArbitrary(),
            static input =>
            {
                int perSecond = input.Item1;
                var bucket = new TokenBucket(perSecond);
                TimeSpan now = TimeSpan.Zero;
                long taken = 0;
                foreach (int tokens in input.Item2)
                {
                    now += bucket.Take(now, tokens);
                    taken += tokens;
                    double most = perSecond * (now.TotalSeconds + 1);
                    Assert.True(taken <= most + 1, $"{taken} after {now} at {perSecond} a second");
                }

                Assert.True(now.TotalSeconds <= ((double)taken / perSecond) + 1);
                return true;
            }).QuickCheckThrowOnFailure();
}
