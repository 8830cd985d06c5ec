using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Health;

/// <summary>
/// What an orchestrator asks. <c>/health/live</c>: the process answers. <c>/health/ready</c>: sessions are served; 503
/// before the DHT node is up and from the moment that the relay is told to stop.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", context => context.Response.WriteAsync("live\n"));
        routes.MapGet("/health/ready", context =>
        {
            bool isReady = context.RequestServices.GetRequiredService<RelayService>().IsReady;
            context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(isReady ? "ready\n" : "not ready\n");
        });
    }
}
