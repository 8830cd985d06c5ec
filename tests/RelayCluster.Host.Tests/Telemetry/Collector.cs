using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace RelayCluster.Host.Tests.Telemetry;

/// <summary>A collector of OTLP on a free port, which keeps what it is sent.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<(string Path, string Body)> _requests = new();
    private readonly SemaphoreSlim _arrivals = new(0);

    private Collector(WebApplication application)
    {
        _application = application;
        application.MapPost("/{**path}", async context =>
        {
            // Protobuf has texts as they are, so that they are found among the other bytes.
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            _requests.Enqueue((context.Request.Path, await reader.ReadToEndAsync(context.RequestAborted)));
            _arrivals.Release();
        });
    }

    public string Address => _application.Urls.Single();

    public static async Task<Collector> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var collector = new Collector(builder.Build());
        await collector._application.StartAsync();
        return collector;
    }

    /// <summary>Waits until all these texts were sent to a path, in one or more requests.</summary>
    public async Task ExpectAsync(string path, params string[] texts)
    {
        using var deadline = new CancellationTokenSource(Hosting.RunningRelay.Deadline);
        while (texts.Any(text => !_requests.Any(
            request => request.Path == path && request.Body.Contains(text, StringComparison.Ordinal))))
        {
            await _arrivals.WaitAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _arrivals.Dispose();
    }
}
