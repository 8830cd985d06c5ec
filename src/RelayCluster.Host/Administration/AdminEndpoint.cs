using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using RelayCluster.Cluster;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Endpoints;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Telemetry;

namespace RelayCluster.Host.Administration;

/// <summary>
/// The door for operators, with a web server of its own: its limits are not those of the clients' doors, which strangers
/// may fill, and no path of those leads here. It opens before them and closes after the last session, so that a node can
/// be watched while it drains.
/// </summary>
internal sealed partial class AdminEndpoint(
    IOptions<ServeOptions> options,
    ClusterNode cluster,
    IServiceProvider services,
    ILoggerFactory loggerFactory) : IHostedLifecycleService, IAsyncDisposable
{
    private const int MaxConnections = 100;
    private const int MaxBodyBytes = 16 * 1024;

    private readonly ServeOptions _options = options.Value;
    private readonly ILogger _logger = loggerFactory.CreateLogger<AdminEndpoint>();
    private WebApplication? _application;
    private ListenOptions? _listen;

    /// <summary>Where operators connect to; null if nowhere.</summary>
    public IPEndPoint? EndPoint => _listen?.IPEndPoint;

    /// <summary>Whoever comes from elsewhere may be a stranger, so the token and TLS are for there.</summary>
    private bool IsLoopback => IPAddress.IsLoopback(_options.Admin.Host);

    private bool UsesTls => !IsLoopback && _options.Tls.Certificate.Length > 0;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (_options.Admin.Port.Number is not { } port)
        {
            return;
        }

        _application = Build(port, AdminToken.Read(_options.Admin));
        try
        {
            await _application.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new StartupException(
                $"the admin endpoint cannot listen on {_options.Admin.Host}:{port}: {e.Message.TrimEnd('.')}; "
                + "--admin-host needs an address of this machine, --admin-port a free port or 0",
                e);
        }

        Log.Listening(_logger, UsesTls ? "https" : "http", EndPoint!.ToString());
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_application is not null)
        {
            await _application.StopAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _application?.DisposeAsync() ?? ValueTask.CompletedTask;

    private WebApplication Build(int port, AdminToken? token)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddSingleton<IHostLifetime, AdminLifetime>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, port));

        WebApplication application = builder.Build();
        var gate = new AdminGate(token, IsLoopback, _logger);
        application.Use(AdminAnswers.ExplainAsync);
        application.Use(gate.CheckAsync);
        application.MapAdministration(cluster.Administration);
        application.MapMetrics(services.GetRequiredService<MeterProvider>());
        return application;
    }

    private void Configure(KestrelServerOptions kestrel, int port)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = _options.Limits.HandshakeTimeout;
        kestrel.Listen(_options.Admin.Host, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (UsesTls)
            {
                listen.UseHttps(TlsCertificate.Load(_options.Tls));
            }

            _listen = listen;
        });
    }

    private static partial class Log
    {
        [LoggerMessage(9051, LogLevel.Information, "listening for operators on {Scheme}://{EndPoint}")]
        public static partial void Listening(ILogger logger, string scheme, string endPoint);
    }
}
