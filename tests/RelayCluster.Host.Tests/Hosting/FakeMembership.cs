using RelayCluster.Dht;
using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Tests.Hosting;

/// <summary>Joins when the test says so.</summary>
internal sealed class FakeMembership : IDhtMembership
{
    private readonly TaskCompletionSource<IDhtNode> _node = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _completion.Task;

    public bool IsDisposed { get; private set; }

    public static FakeMembership Joined()
    {
        var membership = new FakeMembership();
        membership.Join();
        return membership;
    }

    public void Join() => _node.SetResult(new FakeDhtNode());

    public void Break(Exception reason) => _completion.SetException(reason);

    public void Fail(Exception reason) => _node.SetException(reason);

    public Task<IDhtNode> JoinAsync(CancellationToken cancellationToken) => _node.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        IsDisposed = true;
        _completion.TrySetResult();
        if (_node.Task.IsCompletedSuccessfully)
        {
            await (await _node.Task).DisposeAsync();
        }
    }
}
