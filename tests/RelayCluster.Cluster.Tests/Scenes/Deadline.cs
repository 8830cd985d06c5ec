namespace RelayCluster.Cluster.Tests.Scenes;

/// <summary>No wait of a test is for ever; none is for a time.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Value = TimeSpan.FromSeconds(30);

    public static Task WithDeadline(this Task task) => task.WaitAsync(Value);

    public static Task<T> WithDeadline<T>(this Task<T> task) => task.WaitAsync(Value);

    public static Task<T> WithDeadline<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Value);

    public static Task WithDeadline(this ValueTask task) => task.AsTask().WaitAsync(Value);

    /// <summary>For each item.</summary>
    public static async IAsyncEnumerable<T> WithDeadline<T>(this IAsyncEnumerable<T> items)
    {
        await using IAsyncEnumerator<T> enumerator = items.GetAsyncEnumerator();
        while (await enumerator.MoveNextAsync().WithDeadline())
        {
            yield return enumerator.Current;
        }
    }
}
