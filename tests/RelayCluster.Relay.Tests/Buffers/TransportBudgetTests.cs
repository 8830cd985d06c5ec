using RelayCluster.Relay.Buffers;

namespace RelayCluster.Relay.Tests.Buffers;

public sealed class TransportBudgetTests
{
    private const int KiB = 1024;

    [Fact]
    public void Take_FirstStream_GetsTheMostAStreamMayHave()
    {
        var budget = new TransportBudget(bytes: 2048 * KiB, mostBytes: 256 * KiB);

        Assert.Equal(256 * KiB, budget.Take());
    }

    [Fact]
    public void Take_ManyStreams_StayWithinTheBudgetUntilSharesAreLeast()
    {
        var budget = new TransportBudget(bytes: 2048 * KiB, mostBytes: 256 * KiB);
        int[] shares = [.. Enumerable.Range(0, 1000).Select(_ => budget.Take())];

        int[] larger = [.. shares.TakeWhile(static share => share > TransportBudget.LeastBytes)];
        Assert.InRange(larger.Length, 8, 32);
        Assert.True(larger.Sum() < 2048 * KiB);
        Assert.All(shares.Skip(larger.Length), static share => Assert.Equal(TransportBudget.LeastBytes, share));
    }

    [Fact]
    public void Take_AfterAllWasGivenBack_GetsTheMostAgain()
    {
        var budget = new TransportBudget(bytes: 2048 * KiB, mostBytes: 256 * KiB);
        foreach (int share in Enumerable.Range(0, 500).Select(_ => budget.Take()).ToArray())
        {
            budget.GiveBack(share);
        }

        Assert.Equal(256 * KiB, budget.Take());
    }

    [Fact]
    public void Take_SmallBudget_StillGivesTheLeast()
    {
        var budget = new TransportBudget(bytes: 4 * KiB, mostBytes: 4 * KiB);

        Assert.Equal(TransportBudget.LeastBytes, budget.Take());
    }
}
