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
        List<T> batch = [];
        IAsyncEnumerator<T> all = items.GetAsyncEnumerator(cancellationToken);
        await using (all.ConfigureAwait(false))
        {
            while (true)
            {
                Task<bool> next = all.MoveNextAsync().AsTask();
                if (batch.Count == maxCount || (batch.Count > 0 && !next.IsCompleted))
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
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
