using RelayCluster.Dht.Hyper.Records;

namespace RelayCluster.Dht.Tests.Hyper.Records;

public sealed class AgingCacheTests
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(20);

    [Fact]
    public void Get_WithinTheAge_GivesWhatWasSet()
    {
        var cache = new AgingCache<int, string>(10, Age);
        cache.Set(TimeSpan.Zero, 1, "one");

        Assert.Equal("one", Get(cache, Age / 2, 1));
        Assert.Null(Get(cache, Age / 2, 2));
    }

    [Fact]
    public void Get_FourThirdsOfTheAgeLater_HasForgotten()
    {
        var cache = new AgingCache<int, string>(10, Age);
        cache.Set(TimeSpan.Zero, 1, "one");

        Assert.Null(Get(cache, Age * 4 / 3, 1));
    }

    [Fact]
    public void Get_AYearLater_HasForgotten()
    {
        var cache = new AgingCache<int, string>(10, Age);
        cache.Set(TimeSpan.Zero, 1, "one");

        Assert.Null(Get(cache, TimeSpan.FromDays(365), 1));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Get_AskedForAgainAndAgain_KeepsTheEntry()
    {
        var cache = new AgingCache<int, string>(10, Age);
        cache.Set(TimeSpan.Zero, 1, "one");

        for (TimeSpan now = TimeSpan.Zero; now < 10 * Age; now += Age / 2)
        {
            Assert.Equal("one", Get(cache, now, 1));
        }
    }

    [Fact]
    public void Set_SameKeyInTheOldGeneration_ReplacesIt()
    {
        var cache = new AgingCache<int, string>(10, Age);
        cache.Set(TimeSpan.Zero, 1, "one");
        cache.Set(Age * 3 / 4, 1, "uno");

        Assert.Equal("uno", Get(cache, Age * 3 / 4, 1));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Set_ManyMoreThanTheBound_HoldsAtMostTwiceTheBoundAndTheLatest()
    {
        var cache = new AgingCache<int, string>(100, TimeSpan.Zero);
        for (int i = 0; i < 10_000; i++)
        {
            cache.Set(TimeSpan.Zero, i, "x");
            Assert.InRange(cache.Count, 1, 200);
        }

        Assert.NotNull(Get(cache, TimeSpan.Zero, 9_999));
        Assert.Null(Get(cache, TimeSpan.Zero, 0));
    }

    [Fact]
    public void Remove_OfEitherGeneration_Removes()
    {
        var cache = new AgingCache<int, string>(10, Age);
        cache.Set(TimeSpan.Zero, 1, "one");
        cache.Set(Age * 3 / 4, 2, "two");

        Assert.True(cache.Remove(1));
        Assert.True(cache.Remove(2));
        Assert.False(cache.Remove(1));
        Assert.Null(Get(cache, Age * 3 / 4, 1));
    }

    private static string? Get(AgingCache<int, string> cache, TimeSpan now, int key) =>
        cache.TryGet(now, key, out string? value) ? value : null;
}
