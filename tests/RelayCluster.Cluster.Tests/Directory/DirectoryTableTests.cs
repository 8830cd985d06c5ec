using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Cluster.Directory;
using RelayCluster.Wire;
using static RelayCluster.Relay.Tests.Lookups.FakeQuery;

namespace RelayCluster.Cluster.Tests.Directory;

public sealed class DirectoryTableTests
{
    private readonly DirectoryTable _table = new();

    [Fact]
    public void FirstChanges_OfANewNode_NeedNoSnapshot()
    {
        Assert.True(_table.Handle("a", Update(1, added: 1)));

        Assert.False(_table.TryTakeToAsk(out _));
        Assert.Equal(["a"], _table.Find(Key(1)));
    }

    [Fact]
    public void NodeThatIsMetLater_IsAskedForAllItHas()
    {
        Assert.True(_table.Handle("a", Update(5, added: 5)));
        Assert.True(_table.TryTakeToAsk(out string? asked));
        Assert.Equal("a", asked);
        Assert.Empty(_table.Find(Key(5)));

        _table.HandleSnapshot("a", [Snapshot(5, 1, 2), Snapshot(5, 5)]);

        Assert.Equal(3, _table.Count);
        Assert.Equal(["a"], _table.Find(Key(2)));
        Assert.Equal(["a"], _table.Find(Key(5)));
        Assert.False(_table.Handle("a", Update(6, removed: 2)));
        Assert.False(_table.TryTakeToAsk(out _));
        Assert.Empty(_table.Find(Key(2)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gap_IsSeenByTheNextNumber_AndWhatIsKnownHoldsMeanwhile(bool byDigest)
    {
        _table.Handle("a", Update(1, added: 1));
        _table.Handle("a", byDigest ? Digest(2) : Update(3, added: 3));

        Assert.True(_table.TryTakeToAsk(out _));
        Assert.Equal(["a"], _table.Find(Key(1)));
        Assert.Empty(_table.Find(Key(3)));
    }

    [Fact]
    public void ChangesThatOvertakeTheSnapshot_AreAppliedBehindIt()
    {
        _table.Handle("a", Digest(5));
        Assert.True(_table.TryTakeToAsk(out _));
        _table.Handle("a", Update(6, added: 6));
        _table.Handle("a", Update(7, removed: 1));
        Assert.False(_table.TryTakeToAsk(out _), "it is asked already");

        _table.HandleSnapshot("a", [Snapshot(6, 1, 6)]);

        Assert.Equal(["a"], _table.Find(Key(6)));
        Assert.Empty(_table.Find(Key(1)));
        _table.Handle("a", Digest(7));
        Assert.False(_table.TryTakeToAsk(out _), "nothing is missed");
    }

    [Fact]
    public void NodeThatDoesNotAnswer_IsAskedAgainWhenItTellsSomething()
    {
        _table.Handle("a", Digest(5));
        Assert.True(_table.TryTakeToAsk(out _));
        _table.HandleNoAnswer("a");
        Assert.False(_table.TryTakeToAsk(out _));

        _table.Handle("a", Digest(5));

        Assert.True(_table.TryTakeToAsk(out _));
    }

    [Fact]
    public void AnotherIncarnation_BeginsAnew_AndTheFormersSnapshotIsNotTaken()
    {
        _table.Handle("a", Update(1, added: 1));
        _table.Handle("a", Digest(3));
        _table.TryTakeToAsk(out _);

        Assert.True(_table.Handle("a", Update(1, added: 9) with { Incarnation = 2 }));
        Assert.Empty(_table.Find(Key(1)));
        _table.HandleSnapshot("a", [Snapshot(3, 1, 2, 3)]);

        Assert.Equal(["a"], _table.Find(Key(9)));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void NodeThatIsDown_IsForgotten_AndMetAnewWhenItIsHeardOf()
    {
        _table.Handle("a", Update(1, added: 1));
        _table.Handle("b", Update(1, added: 1));
        Assert.Equal(["a", "b"], _table.Find(Key(1)).Order());

        _table.Forget("a");

        Assert.Equal(["b"], _table.Find(Key(1)));
        Assert.True(_table.Handle("a", Digest(1)));
        Assert.True(_table.TryTakeToAsk(out _));
    }

    [Fact]
    public void LateMessage_ChangesNothing()
    {
        _table.Handle("a", Update(1, added: 1));
        _table.Handle("a", Update(2, removed: 1));

        _table.Handle("a", Update(1, added: 1));

        Assert.Empty(_table.Find(Key(1)));
        Assert.False(_table.TryTakeToAsk(out _));
    }

    [Fact]
    public void SnapshotOfTwoNumbers_IsNotTaken()
    {
        _table.Handle("a", Digest(5));
        _table.TryTakeToAsk(out _);

        _table.HandleSnapshot("a", [Snapshot(5, 1), Snapshot(6, 2)]);

        Assert.Equal(0, _table.Count);
        _table.Handle("a", Digest(6));
        Assert.True(_table.TryTakeToAsk(out _));
    }

    [Fact]
    public void MoreNodesThanAFleetHas_AreNotTaken()
    {
        for (int i = 0; i < DirectoryTable.MaxNodes; i++)
        {
            _table.Handle($"node {i}", Update(1, added: 1));
        }

        Assert.False(_table.Handle("one more", Update(1, added: 1)));

        Assert.DoesNotContain("one more", _table.Find(Key(1)));
    }

    /// <summary>
    /// Whatever comes and goes, whatever is lost on the way and however late snapshots come: after a digest and its
    /// snapshot both sides agree.
    /// </summary>
    [Fact]
    public void LossyWay_BothSidesAgreeInTheEnd()
    {
        Gen<(int Kind, int Key)[]> steps = Gen.Choose(0, 9).SelectMany(
            static kind => Gen.Choose(0, 7).Select(key => (kind, key))).ArrayOf().Resize(200);
        Prop.ForAll(steps.ToArbitrary(), static steps =>
        {
            var own = new OwnServers(1);
            var table = new DirectoryTable();
            var listening = new Dictionary<Fixed32, int>();
            IReadOnlyList<DirectoryMessage>? underWay = null;
            foreach ((int kind, int number) in steps)
            {
                Step(own, table, listening, ref underWay, kind, Key(number));
            }

            if (own.TakeUpdate() is { } last)
            {
                table.Handle("a", last);
            }

            table.HandleSnapshot("a", underWay ?? own.CreateSnapshot());
            table.Handle("a", own.CreateDigest());
            table.HandleSnapshot("a", own.CreateSnapshot());
            Assert.Equal(
                listening.Where(static entry => entry.Value > 0).Select(static entry => entry.Key).ToHashSet(),
                Enumerable.Range(0, 8).Select(Key).Where(key => table.Find(key).Length > 0).ToHashSet());
        }).QuickCheckThrowOnFailure();
    }

    private static void Step(
        OwnServers own,
        DirectoryTable table,
        Dictionary<Fixed32, int> listening,
        ref IReadOnlyList<DirectoryMessage>? underWay,
        int kind,
        Fixed32 key)
    {
        switch (kind)
        {
            case <= 2:
                own.Add(key);
                listening[key] = listening.GetValueOrDefault(key) + 1;
                break;
            case <= 4 when listening.GetValueOrDefault(key) > 0:
                own.Remove(key);
                listening[key]--;
                break;
            case 5:
                own.TakeUpdate(); // lost
                break;
            case 6:
                table.Handle("a", own.CreateDigest());
                break;
            case 7 when table.TryTakeToAsk(out _):
                underWay = own.CreateSnapshot();
                break;
            case 8 when underWay is not null:
                table.HandleSnapshot("a", underWay);
                underWay = null;
                break;
            default:
                if (own.TakeUpdate() is { } update)
                {
                    table.Handle("a", update);
                }

                break;
        }
    }

    private static DirectoryMessage Update(ulong number, int? added = null, int? removed = null) => new(
        1,
        number,
        added is { } a ? [Key(a)] : [],
        removed is { } r ? [Key(r)] : []);

    private static DirectoryMessage Digest(ulong number) => Update(number);

    private static DirectoryMessage Snapshot(ulong number, params int[] keys) => new(
        1, number, [.. keys.Select(Key)], []);
}
