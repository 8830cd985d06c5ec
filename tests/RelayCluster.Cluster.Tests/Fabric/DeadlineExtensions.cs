namespace RelayCluster.Cluster.Tests.Fabric;

/// <summary>A test that would wait for ever fails instead.</summary>
internal static class DeadlineExtensions
{
    public static async IAsyncEnumerable<T> WithDeadline<T>(this IAsyncEnumerable<T> items, TimeSpan each)
    {
        await using IAsyncEnumerator<T> enumerator = items.GetAsyncEnumerator();
        while (await enumerator.MoveNextAsync().AsTask().WaitAsync(each))
        {
            yield return enumerator.Current;
        }
    }
}
