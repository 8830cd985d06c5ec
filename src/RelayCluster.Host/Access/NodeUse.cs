using RelayCluster.Dht;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;

namespace RelayCluster.Host.Access;

/// <summary>A command's time on the DHT: it joins, does its work and leaves in order, whatever ends that.</summary>
internal static class NodeUse
{
    /// <summary>Runs the work on a node.</summary>
    /// <exception cref="DhtException">The node broke, or the work failed.</exception>
    public static async Task RunAsync(
        IDhtMembership membership,
        Reporter reporter,
        Func<IDhtNode, CancellationToken, Task> workAsync,
        CancellationToken cancellationToken)
    {
        await using IDhtMembership leaving = membership;
        IDhtNode node = await reporter.ShowAsync("joining the DHT", _ => membership.JoinAsync(cancellationToken));
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task work = workAsync(node, stopping.Token);
        if (await Task.WhenAny(work, membership.Completion) != work)
        {
            await stopping.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await membership.Completion;
            throw new DhtException(DhtError.NodeDestroyed);
        }

        await work;
    }
}
