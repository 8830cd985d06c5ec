using RelayCluster.Cluster.Directory;
using static RelayCluster.Relay.Tests.Lookups.FakeQuery;

namespace RelayCluster.Cluster.Tests.Directory;

public sealed class OwnServersTests
{
    private readonly OwnServers _own = new(7);

    [Fact]
    public void ComesAndGoes_IsToldWithOneNumberMoreEachTime()
    {
        _own.Add(Key(1));
        DirectoryMessage came = _own.TakeUpdate()!;
        _own.Remove(Key(1));
        DirectoryMessage went = _own.TakeUpdate()!;

        Assert.Equal((7UL, 1UL), (came.Incarnation, came.Number));
        Assert.Equal([Key(1)], came.Added);
        Assert.Empty(came.Removed);
        Assert.Equal(2UL, went.Number);
        Assert.Empty(went.Added);
        Assert.Equal([Key(1)], went.Removed);
        Assert.Null(_own.TakeUpdate());
        Assert.Equal(2UL, _own.CreateDigest().Number);
    }

    [Fact]
    public void ComesAndGoes_BetweenTwoMessages_IsNotTold()
    {
        _own.Add(Key(1));
        _own.Remove(Key(1));

        Assert.Null(_own.TakeUpdate());
        Assert.Equal(0UL, _own.CreateDigest().Number);
    }

    [Fact]
    public void GoesAndComesBack_BetweenTwoMessages_IsNotTold()
    {
        _own.Add(Key(1));
        _own.TakeUpdate();
        _own.Remove(Key(1));
        _own.Add(Key(1));

        Assert.Null(_own.TakeUpdate());
    }

    [Fact]
    public void TwoServersOnOneKey_GoWithTheLast()
    {
        _own.Add(Key(1));
        _own.Add(Key(1));
        Assert.Equal([Key(1)], _own.TakeUpdate()!.Added);
        _own.Remove(Key(1));
        Assert.Null(_own.TakeUpdate());

        _own.Remove(Key(1));

        Assert.Equal([Key(1)], _own.TakeUpdate()!.Removed);
    }

    [Fact]
    public void MoreThanAMessageHolds_AreSeveral()
    {
        for (int i = 0; i < DirectoryMessage.MaxKeys + 10; i++)
        {
            _own.Add(Key(i));
        }

        Assert.Equal(DirectoryMessage.MaxKeys, _own.TakeUpdate()!.Added.Count);
        DirectoryMessage rest = _own.TakeUpdate()!;
        Assert.Equal((2UL, 10), (rest.Number, rest.Added.Count));
        Assert.Null(_own.TakeUpdate());
        IReadOnlyList<DirectoryMessage> parts = _own.CreateSnapshot();
        Assert.Equal([DirectoryMessage.MaxKeys, 10], parts.Select(static part => part.Added.Count));
        Assert.All(parts, static part => Assert.Equal(2UL, part.Number));
    }

    [Fact]
    public void Snapshot_OfNothing_IsOneEmptyPart() =>
        Assert.False(Assert.Single(_own.CreateSnapshot()).HasChanges);

    [Fact]
    public void MoreServersThanOthersTake_AreNotTold()
    {
        for (int i = 0; i <= OwnServers.MaxTold; i++)
        {
            _own.Add(Key(i));
        }

        while (_own.TakeUpdate() is not null)
        {
        }

        Assert.Equal(OwnServers.MaxTold, _own.CreateSnapshot().Sum(static part => part.Added.Count));
        Assert.Equal(DirectoryMessage.MaxParts, _own.CreateSnapshot().Count);
    }
}
