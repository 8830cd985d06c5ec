namespace RelayCluster.Host.Administration;

/// <summary>The admin endpoint lives as long as the process says; signals are not its business.</summary>
internal sealed class AdminLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
