using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using RelayCluster.Cluster;
using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Hosting;

/// <summary>
/// How signals end the relay. Each skips what the one before is waiting for:
/// <code>
/// first    drains: sessions live for drain-timeout, 0 of which is none; then all is closed in order
/// second   the drain is over: all is closed in order at once
/// next     the process ends at once
/// </code>
/// </summary>
internal sealed partial class DrainingLifetime : IHostLifetime, IDisposable
{
    private static readonly PosixSignal[] Heeded = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT];

    private readonly ClusterNode _cluster;
    private readonly TimeSpan _timeout;
    private readonly IHostApplicationLifetime _application;
    private readonly ILogger<DrainingLifetime> _logger;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly CancellationTokenSource _hurry = new();
    private Task _ending = Task.CompletedTask;
    private int _signals;

    public DrainingLifetime(
        ClusterNode cluster,
        IOptions<ServeOptions> options,
        IHostApplicationLifetime application,
        ILogger<DrainingLifetime> logger)
    {
        _cluster = cluster;
        _timeout = options.Value.DrainTimeout;
        _application = application;
        _logger = logger;
    }

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.AddRange(Heeded.Select(signal =>
            PosixSignalRegistration.Create(signal, context => context.Cancel = Tell())));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _hurry.CancelAsync();
        await _ending.WaitAsync(cancellationToken);
    }

    /// <summary>A signal came.</summary>
    /// <returns>Whether the process ends in order; else it shall end at once.</returns>
    public bool Tell()
    {
        switch (Interlocked.Increment(ref _signals))
        {
            case 1:
                _ending = EndAsync();
                return true;
            case 2 when !_application.ApplicationStopping.IsCancellationRequested:
                Log.Hurried(_logger);
                _hurry.Cancel();
                return true;
            default:
                return false;
        }
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _hurry.Dispose();
    }

    private async Task EndAsync()
    {
        try
        {
            if (_timeout > TimeSpan.Zero)
            {
                await _cluster.Drain.StopAsync(_timeout, _hurry.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody is waited for any more.
        }
        finally
        {
            _application.StopApplication();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9004, LogLevel.Information, "told again to end: the drain is over")]
        public static partial void Hurried(ILogger logger);
    }
}
