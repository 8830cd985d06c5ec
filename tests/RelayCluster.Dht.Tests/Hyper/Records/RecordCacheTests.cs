using System.Buffers.Binary;
using RelayCluster.Dht.Hyper.Records;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Records;

public sealed class RecordCacheTests
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(20);
    private static readonly Fixed32 Topic = Key(1000);

    [Fact]
    public void Take_FewerThanTheLimit_GivesAll()
    {
        RecordCache cache = Create();
        cache.Add(TimeSpan.Zero, Topic, Key(1), [1]);
        cache.Add(TimeSpan.Zero, Topic, Key(2), [2]);
        cache.Add(TimeSpan.Zero, Key(2000), Key(3), [3]);

        Assert.Equal([1, 2], Taken(cache, TimeSpan.Zero));
    }

    [Fact]
    public void Take_MoreThanTheLimit_GivesDifferentOnesOfThem()
    {
        RecordCache cache = Create();
        for (byte i = 0; i < 100; i++)
        {
            cache.Add(TimeSpan.Zero, Topic, Key(i), [i]);
        }

        List<byte[]> first = cache.Take(TimeSpan.Zero, Topic, 20);
        List<byte[]> second = cache.Take(TimeSpan.Zero, Topic, 20);

        Assert.Equal(20, first.Select(r => r[0]).Distinct().Count());
        Assert.NotEqual(first.Select(r => r[0]).Order(), second.Select(r => r[0]).Order());
    }

    [Fact]
    public void Take_OftenEnough_FindsEveryRecordOfBothGenerations()
    {
        RecordCache cache = Create();
        for (byte i = 0; i < 30; i++)
        {
            cache.Add(i < 15 ? TimeSpan.Zero : Age * 3 / 4, Topic, Key(i), [i]);
        }

        HashSet<byte> seen = [];
        for (int i = 0; i < 200; i++)
        {
            seen.UnionWith(cache.Take(Age * 3 / 4, Topic, 5).Select(r => r[0]));
        }

        Assert.Equal(30, seen.Count);
    }

    [Fact]
    public void Add_SameKeyAgain_ReplacesItsRecord()
    {
        RecordCache cache = Create();
        cache.Add(TimeSpan.Zero, Topic, Key(1), [1]);
        cache.Add(TimeSpan.Zero, Topic, Key(1), [2]);
        cache.Add(Age * 3 / 4, Topic, Key(1), [3]);

        Assert.Equal([3], Taken(cache, Age * 3 / 4));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Take_WithoutAnotherAnnounce_ForgetsHoweverOftenItIsLookedUp()
    {
        RecordCache cache = Create();
        cache.Add(TimeSpan.Zero, Topic, Key(1), [1]);
        for (TimeSpan now = TimeSpan.Zero; now < Age * 4 / 3; now += Age / 10)
        {
            cache.Take(now, Topic, 20);
        }

        Assert.Empty(cache.Take(Age * 4 / 3, Topic, 20));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Add_MoreThanTheBound_DropsTheOldestHalf()
    {
        RecordCache cache = new(100, Age, new Random(1));
        for (int i = 0; i < 1000; i++)
        {
            cache.Add(TimeSpan.Zero, Key(i % 7), Key(i), [1]);
            Assert.InRange(cache.Count, 1, 200);
        }
    }

    [Fact]
    public void Remove_AnyOfThem_KeepsTheOthers()
    {
        var random = new Random(2);
        RecordCache cache = Create();
        Dictionary<byte, byte> model = [];
        for (int i = 0; i < 2000; i++)
        {
            byte key = (byte)random.Next(40);
            if (random.Next(2) == 0)
            {
                cache.Add(TimeSpan.Zero, Topic, Key(key), [key]);
                model[key] = key;
            }
            else
            {
                cache.Remove(Topic, Key(key));
                model.Remove(key);
            }

            Assert.Equal(model.Count, cache.Count);
        }

        Assert.Equal(model.Keys.Order(), cache.Take(TimeSpan.Zero, Topic, 100).Select(r => r[0]).Order());
    }

    private static RecordCache Create() => new(1000, Age, new Random(1));

    private static IEnumerable<byte> Taken(RecordCache cache, TimeSpan now) =>
        cache.Take(now, Topic, 20).Select(r => r[0]).Order();

    private static Fixed32 Key(int number)
    {
        byte[] bytes = new byte[Fixed32.Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return new Fixed32(bytes);
    }
}
