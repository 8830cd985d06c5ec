using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RelayCluster.Cluster;
using RelayCluster.Cluster.Local;
using RelayCluster.Host.Administration;
using RelayCluster.Host.Endpoints;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Tests.Configuration;

namespace RelayCluster.Host.Tests.Hosting;

/// <summary>The application on real ports, free ones, with a DHT that there is none of.</summary>
internal sealed class RunningRelay : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private RunningRelay(WebApplication application, FakeMembership membership)
    {
        Application = application;
        Membership = membership;
    }

    public WebApplication Application { get; }

    public FakeMembership Membership { get; }

    public IPEndPoint WebSocketEndPoint => Application.Services.GetRequiredService<Listeners>().WebSocketEndPoint;

    public IPEndPoint TcpEndPoint => Application.Services.GetRequiredService<Listeners>().TcpEndPoint;

    /// <summary>Where operators connect to.</summary>
    public Uri AdminAddress =>
        new($"http://{Application.Services.GetRequiredService<AdminEndpoint>().EndPoint}");

    public RelayService Service => Application.Services.GetRequiredService<RelayService>();

    public ClusterNode Cluster => Application.Services.GetRequiredService<ClusterNode>();

    public static async Task<RunningRelay> StartAsync(
        FakeMembership? membership = null,
        string file = "",
        LocalHub? hub = null)
    {
        membership ??= FakeMembership.Joined();
        var layers = new Layers { File = $"relay {{ ws-port = 0, tcp-port = 0, log.level = none\n{file} }}" };
        WebApplication application = RelayApplication.Build(
            layers.Build(),
            services =>
            {
                services.AddSingleton<IDhtMembership>(membership);
                if (hub is not null)
                {
                    services.AddSingleton(hub);
                }
            });
        await application.StartAsync().WaitAsync(Deadline);
        return new RunningRelay(application, membership);
    }

    public Uri Address(string path, string scheme = "http") => new($"{scheme}://{WebSocketEndPoint}{path}");

    public async ValueTask DisposeAsync() => await Application.DisposeAsync();
}
