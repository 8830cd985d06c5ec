using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Telemetry;

/// <summary>
/// Carries what the rooms' meters and activity sources say to whoever wants to know it: Prometheus, which asks at
/// <c>/metrics</c>, and a collector of OpenTelemetry, which is told. Where there is neither, nobody listens, and the
/// instruments cost next to nothing.
/// <code>
///   IMeterFactory ── RelayCluster.*, System.Runtime ──┬── /metrics          asked for
///                                                     └── OTLP /v1/metrics  every telemetry.interval
///   ActivitySource ─ RelayCluster.* ───────────────────── OTLP /v1/traces
/// </code>
/// </summary>
internal static class TelemetryServices
{
    /// <summary>What our meters and sources are called; each room has its own.</summary>
    public const string OwnNames = "RelayCluster.*";

    /// <summary>The meter of .NET itself: garbage collector, thread pool, processor time.</summary>
    private const string RuntimeMeter = "System.Runtime";

    /// <param name="services">Of the application.</param>
    /// <param name="options">As they were read; what is wrong in them ends the start later.</param>
    public static void AddTelemetry(this IServiceCollection services, ServeOptions options)
    {
        Uri? collector = ParseCollector(options.Telemetry.Otlp);
        bool hasScrapes = options.Admin.Port.Number is not null;
        if (collector is null && !hasScrapes)
        {
            return;
        }

        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(
            "relay", serviceVersion: typeof(TelemetryServices).Assembly.GetName().Version?.ToString(3)));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(OwnNames, RuntimeMeter);
            if (hasScrapes)
            {
                metrics.AddPrometheusExporter();
            }

            if (collector is not null)
            {
                metrics.AddOtlpExporter((exporter, reader) =>
                {
                    Address(exporter, collector, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                        (int)options.Telemetry.Interval.TotalMilliseconds;
                });
            }
        });
        if (collector is not null)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(OwnNames)
                .AddOtlpExporter(exporter => Address(exporter, collector, "v1/traces")));
        }
    }

    /// <summary>Answers Prometheus.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="meters">Whose figures.</param>
    public static void MapMetrics(this IEndpointRouteBuilder routes, MeterProvider meters) =>
        routes.MapPrometheusScrapingEndpoint("/metrics", meters, configureBranchedPipeline: null, optionsName: null);

    /// <summary>The collector's address; null if the text is no address that we could send to.</summary>
    public static Uri? ParseCollector(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0
            ? uri
            : null;

    private static void Address(OtlpExporterOptions exporter, Uri collector, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri($"{collector.AbsoluteUri.TrimEnd('/')}/{path}");
    }
}
