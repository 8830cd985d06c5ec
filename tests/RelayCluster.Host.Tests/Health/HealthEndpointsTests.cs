using System.Net;
using RelayCluster.Host.Tests.Hosting;

namespace RelayCluster.Host.Tests.Health;

public sealed class HealthEndpointsTests : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = RunningRelay.Deadline };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Ready_is_said_once_the_DHT_node_is_up_and_live_before()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(new FakeMembership());
        Assert.Equal(HttpStatusCode.OK, await GetAsync(relay, "/health/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(relay, "/health/ready"));

        relay.Membership.Join();
        await relay.Service.WaitUntilReadyAsync(CancellationToken.None).AsTask().WaitAsync(RunningRelay.Deadline);

        Assert.Equal(HttpStatusCode.OK, await GetAsync(relay, "/health/ready"));
    }

    [Fact]
    public async Task Ready_is_not_said_any_more_from_the_moment_that_the_relay_stops()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await relay.Service.WaitUntilReadyAsync(CancellationToken.None);

        // The ports are still open here: the service stops before them.
        await relay.Service.StoppingAsync(CancellationToken.None);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(relay, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(relay, "/health/live"));
    }

    private async Task<HttpStatusCode> GetAsync(RunningRelay relay, string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(relay.Address(path));
        return response.StatusCode;
    }
}
