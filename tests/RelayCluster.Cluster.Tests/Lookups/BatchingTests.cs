using System.Threading.Channels;
using RelayCluster.Cluster.Lookups;

namespace RelayCluster.Cluster.Tests.Lookups;

public sealed class BatchingTests
{
    private readonly Channel<int> _items = Channel.CreateUnbounded<int>();

    [Fact]
    public async Task What_is_there_goes_together_and_nothing_waits_for_company()
    {
        await using IAsyncEnumerator<IReadOnlyList<int>> batches = Start(maxCount: 3);
        Write(1, 2);
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal([1, 2], batches.Current);
        ValueTask<bool> next = batches.MoveNextAsync();
        Assert.False(next.IsCompleted);
        Write(3);
        Assert.True(await next);
        Assert.Equal([3], batches.Current);
    }

    [Fact]
    public async Task No_batch_is_larger_than_it_may_be_and_the_last_is_not_lost()
    {
        Write([.. Enumerable.Range(0, 8)]);
        _items.Writer.Complete();
        List<int[]> batches = [];
        await foreach (IReadOnlyList<int> batch in _items.Reader.ReadAllAsync().InBatches(3, default))
        {
            batches.Add([.. batch]);
        }

        Assert.Equal([[0, 1, 2], [3, 4, 5], [6, 7]], batches);
    }

    [Fact]
    public async Task A_failure_comes_behind_what_came_before_it()
    {
        Write(1);
        _items.Writer.Complete(new InvalidOperationException());
        await using IAsyncEnumerator<IReadOnlyList<int>> batches = Start(maxCount: 3);
        Assert.True(await batches.MoveNextAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await batches.MoveNextAsync());
    }

    private void Write(params int[] items) => Assert.All(items, item => Assert.True(_items.Writer.TryWrite(item)));

    private IAsyncEnumerator<IReadOnlyList<int>> Start(int maxCount) =>
        _items.Reader.ReadAllAsync().InBatches(maxCount, default).GetAsyncEnumerator();
}
