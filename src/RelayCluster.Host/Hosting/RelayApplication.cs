using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using RelayCluster.Cluster;
using RelayCluster.Cluster.Local;
using RelayCluster.Crypto.Sodium;
using RelayCluster.Host.Administration;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Endpoints;
using RelayCluster.Host.Example;
using RelayCluster.Host.Health;
using RelayCluster.Host.Proxies;
using RelayCluster.Host.Telemetry;

namespace RelayCluster.Host.Hosting;

/// <summary>
/// Puts the relay together. It starts from an empty host: no settings files, variables or ports of ASP.NET Core's own
/// have a say beside the relay's configuration.
/// </summary>
internal static partial class RelayApplication
{
    /// <summary>Serves until the process is told to end.</summary>
    /// <exception cref="OptionsValidationException">Options are wrong.</exception>
    /// <exception cref="StartupException">The relay cannot start for a reason outside of it.</exception>
    public static async Task RunAsync(IConfigurationRoot configuration, CancellationToken cancellationToken)
    {
        Libsodium.EnsureLoaded();
        await using WebApplication application = Build(
            configuration, services => services.AddSingleton<IHostLifetime, DrainingLifetime>());

        // Running the application disposes its services in the end.
        var service = application.Services.GetRequiredService<RelayService>();
        await application.RunAsync(cancellationToken);
        if (service.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>The application, not started.</summary>
    /// <param name="configuration">The layers of options.</param>
    /// <param name="configureServices">Replaces services, for tests.</param>
    public static WebApplication Build(
        IConfigurationRoot configuration,
        Action<IServiceCollection>? configureServices = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var reader = new SettingReader(configuration);
        builder.Services.AddSingleton(reader);
        builder.Services.AddSingleton<IValidateOptions<ServeOptions>, ServeOptionsValidator>();
        builder.Services.AddOptions<ServeOptions>().Configure(options => reader.Fill(options)).ValidateOnStart();
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<ServeOptions>>(
            (host, options) => host.ShutdownTimeout = options.Value.ShutdownTimeout);
        AddLogging(builder.Logging);
        var early = new ServeOptions();
        reader.Fill(early);
        builder.Services.AddTelemetry(early);

        builder.Services.AddSingleton<IDhtMembership, DhtMembership>();
        builder.Services.AddSingleton(services => new LocalHub(services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => ClusterStart.Create(
            services.GetRequiredService<IOptions<ServeOptions>>().Value,
            services.GetRequiredService<LocalHub>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>(),
            services.GetRequiredService<IMeterFactory>()));
        builder.Services.AddSingleton<RelayService>();
        builder.Services.AddSingleton(services => new TrustedProxies(
            services.GetRequiredService<IOptions<ServeOptions>>().Value.Proxies));
        builder.Services.AddSingleton<Listeners>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Listeners>());
        builder.Services.AddHostedService(services => services.GetRequiredService<RelayService>());
        builder.Services.AddSingleton<AdminEndpoint>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AdminEndpoint>());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ConnectionEnd>();
        builder.Services.AddSingleton<WebSocketSessions>();
        builder.Services.AddSingleton<TcpSessions>();
        builder.Services.AddSingleton<HandedSessions>();
        builder.Services.AddSingleton<WebSocketEndpoint>();
        builder.Services.AddSingleton<TcpEndpoint>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();

        // After Kestrel's own, which gives its options the services.
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(
            services => services.GetRequiredService<Listeners>());
        configureServices?.Invoke(builder.Services);

        WebApplication application = builder.Build();
        if (application.Services.GetRequiredService<TrustedProxies>() is { Any: true } proxies)
        {
            application.UseForwardedHeaders(proxies.ToForwardedHeaders());
        }

        application.UseWebSockets();
        if (application.Services.GetRequiredService<IOptions<ServeOptions>>().Value.Example)
        {
            application.UseExamplePage();
        }

        application.Services.GetRequiredService<ClusterNode>().Placement.Serve(
            application.Services.GetRequiredService<HandedSessions>().ServeAsync);
        application.Map("/", application.Services.GetRequiredService<WebSocketEndpoint>().HandleAsync);
        application.MapHealth();
        return application;
    }

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole().AddJsonConsole();
        logging.Services.AddOptions<SimpleConsoleFormatterOptions>().Configure(format =>
        {
            format.SingleLine = true;
            format.UseUtcTimestamp = true;
            format.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        logging.Services.AddOptions<JsonConsoleFormatterOptions>().Configure(format =>
        {
            format.UseUtcTimestamp = true;
            format.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        logging.Services.AddOptions<ConsoleLoggerOptions>().Configure<IOptions<ServeOptions>>((console, options) =>
            console.FormatterName = options.Value.Log.Format == LogFormat.Json
                ? ConsoleFormatterNames.Json
                : ConsoleFormatterNames.Simple);
        logging.Services.AddOptions<LoggerFilterOptions>().Configure<IOptions<ServeOptions>>((filter, options) =>
        {
            filter.MinLevel = options.Value.Log.Level;

            // A start that fails is told by the command, in a line; the host would add the stack.
            filter.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            filter.AddFilter("Microsoft.Hosting", LogLevel.None);

            // Were this one on, every session would hold an activity and a log scope for as long as it lives.
            filter.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
            if (options.Value.Log.Level < LogLevel.Warning)
            {
                filter.AddFilter("Microsoft", LogLevel.Warning);
            }
        });
    }
}
