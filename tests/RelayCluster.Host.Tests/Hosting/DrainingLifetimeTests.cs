using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Tests.Endpoints;

namespace RelayCluster.Host.Tests.Hosting;

/// <summary>What signals do to a relay; that they come at all the tests of the built relay see.</summary>
public sealed class DrainingLifetimeTests
{
    [Fact]
    public async Task Without_a_drain_the_first_ends_in_order_and_the_second_at_once()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        using DrainingLifetime lifetime = Create(relay);

        Assert.True(lifetime.Tell());

        Assert.True(Stopping(relay).IsCancellationRequested);
        Assert.False(lifetime.Tell());
    }

    [Fact]
    public async Task A_drain_ends_with_the_last_session()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: "drain-timeout = 1h");
        await using TestClient client = await TestClient.ConnectWebSocketAsync(relay);
        await client.AssertServedAsync();
        using DrainingLifetime lifetime = Create(relay);

        Assert.True(lifetime.Tell());
        Assert.False(relay.Service.IsReady);
        Assert.False(Stopping(relay).IsCancellationRequested);
        await client.DisposeAsync();

        await StoppedAsync(relay);
    }

    [Fact]
    public async Task The_second_ends_the_drain_and_the_third_the_process()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: "drain-timeout = 1h");
        await using TestClient client = await TestClient.ConnectWebSocketAsync(relay);
        await client.AssertServedAsync();
        using DrainingLifetime lifetime = Create(relay);

        Assert.True(lifetime.Tell());
        Assert.True(lifetime.Tell());
        await StoppedAsync(relay);
        Assert.False(lifetime.Tell());
        await relay.Application.StopAsync().WaitAsync(RunningRelay.Deadline);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task A_drain_closes_what_is_left_when_its_time_is_over()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: "drain-timeout = 1ms");
        await using TestClient client = await TestClient.ConnectTcpAsync(relay);
        await client.AssertServedAsync();
        using DrainingLifetime lifetime = Create(relay);

        Assert.True(lifetime.Tell());

        await client.AssertClosedAsync();
        await StoppedAsync(relay);
    }

    private static DrainingLifetime Create(RunningRelay relay) => new(
        relay.Cluster,
        relay.Application.Services.GetRequiredService<IOptions<ServeOptions>>(),
        relay.Application.Lifetime,
        NullLogger<DrainingLifetime>.Instance);

    private static CancellationToken Stopping(RunningRelay relay) => relay.Application.Lifetime.ApplicationStopping;

    private static async Task StoppedAsync(RunningRelay relay)
    {
        var stopping = new TaskCompletionSource();
        await using CancellationTokenRegistration told = Stopping(relay).Register(stopping.SetResult);
        await stopping.Task.WaitAsync(RunningRelay.Deadline);
    }
}
