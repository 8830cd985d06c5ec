using System.Runtime.CompilerServices;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Tests.Fabric;

/// <summary>A handler that replies once and then works until the test has it finish.</summary>
internal sealed class Work
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Started => _started.Task;

    public Task Cancelled => _cancelled.Task;

    public void Finish() => _finished.SetResult();

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> HandleAsync(
        FabricRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return "begun"u8.ToArray();
        _started.TrySetResult();
        try
        {
            await _finished.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.TrySetResult();
            throw;
        }

        yield return "done"u8.ToArray();
    }
}
