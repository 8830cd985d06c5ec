using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using RelayCluster.Cluster;
using RelayCluster.Cluster.Membership;
using RelayCluster.Cluster.Placement;
using RelayCluster.Dht;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Endpoints;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay;
using RelayCluster.Relay.Policy;

namespace RelayCluster.Host.Hosting;

/// <summary>
/// The relay's life in the process: it begins when the ports are open, so that a port in use ends the process before
/// anything is announced on the DHT, and it ends before the ports are closed, so that clients are told.
/// <code>
/// ports open -> joining fleet and DHT -> ready -> stopping: sessions end -> ports close -> fleet and DHT are left
/// </code>
/// A client that connects while the node is joining waits for it; one that connects after "stopping" is turned away. If
/// the node cannot join, or breaks later, the process ends with <see cref="Failure"/>: whoever supervises it can start
/// it anew, and a relay without its node serves nobody.
/// </summary>
internal sealed partial class RelayService : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>For other nodes to close sessions, of the time that the process has for its end.</summary>
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(1.5);

    private readonly IDhtMembership _membership;
    private readonly ClusterNode _cluster;
    private readonly Listeners _listeners;
    private readonly ServeOptions _options;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILoggerFactory _loggerFactory;
    private readonly IMeterFactory _meterFactory;
    private readonly ILogger<RelayService> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<RelayServer?> _server =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _joining = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    public RelayService(
        IDhtMembership membership,
        ClusterNode cluster,
        Listeners listeners,
        IOptions<ServeOptions> options,
        IHostApplicationLifetime lifetime,
        ILoggerFactory loggerFactory,
        IMeterFactory meterFactory)
    {
        _membership = membership;
        _cluster = cluster;
        _listeners = listeners;
        _options = options.Value;
        _lifetime = lifetime;
        _loggerFactory = loggerFactory;
        _meterFactory = meterFactory;
        _logger = loggerFactory.CreateLogger<RelayService>();
    }

    /// <summary>Whether new sessions are served now.</summary>
    public bool IsReady =>
        _server.Task is { IsCompletedSuccessfully: true, Result: not null }
        && _cluster.Drain.State == MemberState.Up
        && !_stopping.IsCancellationRequested;

    /// <summary>Why the process has to end; null if it was told to.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Cancelled when the process was told to end: nobody is worth waiting for then.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Waits while the DHT node is joining; false if there is nothing to wait for any more.</summary>
    public async ValueTask<bool> WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        await _server.Task.WaitAsync(cancellationToken);
        return IsReady;
    }

    /// <summary>
    /// Finds the place of a client's session; waits while the DHT node is joining. Null if there is nothing to wait for
    /// any more.
    /// </summary>
    public async ValueTask<SessionPlace?> PlaceAsync(ClientOrigin origin, CancellationToken cancellationToken) =>
        await WaitUntilReadyAsync(cancellationToken)
            ? await _cluster.Placement.PlaceAsync(origin, cancellationToken)
            : null;

    /// <summary>Serves a client until its session is over. The relay is ready, or was a moment ago.</summary>
    /// <param name="transport">The way to it.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="closing">Closes the session in order, as the end of the process does.</param>
    public async Task ServeAsync(
        IMessageTransport transport,
        ClientOrigin origin,
        CancellationToken closing = default)
    {
        if (await _server.Task is { } server)
        {
            using var closings = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, closing);
            await server.ServeAsync(transport, origin, closings.Token);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            Log.Options(_logger, ServeSettings.Describe(_options));
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _joining = JoinAsync();
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Log.Stopping(_logger);
        await LeaveAsync(cancellationToken);
        await _stopping.CancelAsync();
        await _joining.WaitAsync(cancellationToken);
        if (await _server.Task is { } server)
        {
            await server.StopAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _cluster.DisposeAsync().AsTask().WaitAsync(cancellationToken);
        await _membership.DisposeAsync().AsTask().WaitAsync(cancellationToken);
        await _watching.WaitAsync(cancellationToken);
        Log.Stopped(_logger);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.Task is { IsCompletedSuccessfully: true, Result: { } server })
        {
            await server.DisposeAsync();
        }

        _stopping.Dispose();
    }

    /// <summary>Has other nodes close the sessions whose clients came to this one, while it can still carry that.</summary>
    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LeavePatience);
        try
        {
            await _cluster.Placement.LeaveAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // They are cut with what follows.
        }
    }

    private async Task JoinAsync()
    {
        try
        {
            await _cluster.Fleet.UpdateAsync(
                status => status with { Addresses = _listeners.Addresses }, _stopping.Token);
            await _cluster.StartAsync(_stopping.Token);
            IDhtNode node = await _membership.JoinAsync(_stopping.Token);
            RelayOptions options = CoreOptions.ForRelay(_options);
            options.NodeName = _cluster.Name;
            _cluster.Lookups.Start(node.LookupAsync);
            var ports = new RelayPorts
            {
                Directory = _cluster.Directory,

                // A node by itself needs no owner of its topics.
                Lookups = _options.Cluster.Fabric == FabricKind.Local ? null : _cluster.Lookups,
                MeterFactory = _meterFactory,
                Policy = new LimitingPolicy(CoreOptions.ForPolicy(_options), TimeProvider.System),
            };
            var server = new RelayServer(node, options, TimeProvider.System, _loggerFactory, ports);
            await _cluster.ServeAsync(server, _stopping.Token);
            _server.SetResult(server);
            Log.Ready(_logger);
            _watching = WatchAsync();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _server.SetResult(null);
        }
#pragma warning disable CA1031 // Whatever it is: it is kept, and ends the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failure = e;
            _server.SetResult(null);
            _lifetime.StopApplication();
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await _membership.Completion;
        }
#pragma warning disable CA1031 // Whatever it is: it is kept, and ends the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failure = e;
            _lifetime.StopApplication();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9000, LogLevel.Information, "options: {Options}")]
        public static partial void Options(ILogger logger, string options);

        [LoggerMessage(9001, LogLevel.Information, "ready for clients")]
        public static partial void Ready(ILogger logger);

        [LoggerMessage(9002, LogLevel.Information, "stopping")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(9003, LogLevel.Information, "stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
