using System.Runtime.CompilerServices;
using System.Text;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Tests.Fabric;

/// <summary>A handler of broadcasts that keeps what it hears, and takes its time with some of it.</summary>
internal sealed class Heard(int expected)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> News { get; } = [];

    /// <summary>Completes when as many have come as were expected.</summary>
    public Task All => _all.Task;

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> HandleAsync(
        FabricRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (News.Count % 3 == 0)
        {
            await Task.Yield();
        }

        News.Add($"{Encoding.UTF8.GetString(request.Body.Span)} of {request.From}");
        if (News.Count == expected)
        {
            _all.SetResult();
        }

        yield break;
    }
}
