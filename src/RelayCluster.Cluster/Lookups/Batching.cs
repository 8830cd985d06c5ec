using System.Runtime.CompilerServices;

namespace RelayCluster.Cluster.Lookups;

/// <summary>Items by the handful: what is there at once goes together, and nothing waits for company.</summary>
internal static class Batching
{
    public static async IAsyncEnumerable<IReadOnlyList<T>> InBatches<T>(
        this IAsyncEnumerable<T> items,
        int maxCount,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<T> all = items.GetAsyncEnumerator(leaving.Token);
        Task<bool> next = Task.FromResult(true);
        try
        {
            List<T> batch = [];
            while (true)
            {
                next = all.MoveNextAsync().AsTask();
                if (batch.Count == maxCount || (batch.Count > 0 && !next.IsCompletedSuccessfully))
                {
                    yield return batch;
                    batch = [];
                }

                if (!await next.ConfigureAwait(false))
                {
                    break;
                }

                batch.Add(all.Current);
            }

            if (batch.Count > 0)
            {
                yield return batch;
            }
        }
        finally
        {
            // Who leaves with a batch leaves while the next item is awaited, which has to end first.
            await leaving.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await all.DisposeAsync().ConfigureAwait(false);
        }
    }
}
