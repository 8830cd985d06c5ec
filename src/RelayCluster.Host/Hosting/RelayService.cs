using Microsoft.Extensions.Options;
using RelayCluster.Dht;
using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Hosting;

/// <summary>
/// The relay's life in the process: it begins when the ports are open, so that a port in use ends the process before
/// anything is announced on the DHT, and it ends before the ports are closed, so that clients are told.
/// <code>
/// ports open -> joining -> ready -> stopping: sessions end -> ports close -> DHT node closes
/// </code>
/// A client that connects while the node is joining waits for it; one that connects after "stopping" is turned away. If
/// the node cannot join, the process ends with <see cref="Failure"/>.
/// </summary>
internal sealed partial class RelayService : IHostedLifecycleService, IAsyncDisposable
{
    private readonly IDhtMembership _membership;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<RelayService> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<IDhtNode> _node = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _joining = Task.CompletedTask;

    public RelayService(
        IDhtMembership membership,
        IOptions<ServeOptions> options,
        IHostApplicationLifetime lifetime,
        ILogger<RelayService> logger)
    {
        _membership = membership;
        _lifetime = lifetime;
        _logger = logger;
        _ = options;
    }

    /// <summary>Whether sessions are served now.</summary>
    public bool IsReady => _node.Task.IsCompletedSuccessfully && !_stopping.IsCancellationRequested;

    /// <summary>Why the process has to end; null if it was told to.</summary>
    public Exception? Failure { get; private set; }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _joining = JoinAsync();
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Log.Stopping(_logger);
        await _stopping.CancelAsync();
        await _joining.WaitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _membership.DisposeAsync().AsTask().WaitAsync(cancellationToken);
        Log.Stopped(_logger);
    }

    public ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task JoinAsync()
    {
        try
        {
            _node.SetResult(await _membership.JoinAsync(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _node.SetCanceled();
        }
#pragma warning disable CA1031 // Whatever it is: it is kept, and ends the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failure = e;
            _node.SetCanceled();
            _lifetime.StopApplication();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9001, LogLevel.Information, "stopping")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(9002, LogLevel.Information, "stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
