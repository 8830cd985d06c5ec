using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Tests.Endpoints;

namespace RelayCluster.Host.Tests.Hosting;

public sealed class RelayServiceTests
{
    [Fact]
    public async Task Stopping_ends_the_sessions_first_and_then_leaves_the_DHT()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await using var web = await TestClient.ConnectWebSocketAsync(relay);
        await using var tcp = await TestClient.ConnectTcpAsync(relay);
        await web.AssertServedAsync();
        await tcp.AssertServedAsync();

        await relay.Application.StopAsync().WaitAsync(RunningRelay.Deadline);

        Assert.False(relay.Service.IsReady);
        Assert.True(relay.Membership.IsDisposed);
        await web.AssertClosedAsync();
        await tcp.AssertClosedAsync();
    }

    [Fact]
    public async Task A_relay_that_is_still_joining_can_be_stopped()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(new FakeMembership());

        await relay.Application.StopAsync().WaitAsync(RunningRelay.Deadline);

        Assert.Null(relay.Service.Failure);
        Assert.True(relay.Membership.IsDisposed);
    }

    [Fact]
    public async Task A_DHT_that_cannot_be_joined_ends_the_process_with_the_reason()
    {
        var membership = new FakeMembership();
        await using RunningRelay relay = await RunningRelay.StartAsync(membership);
        var reason = new StartupException("no way");

        membership.Fail(reason);
        await relay.Application.WaitForShutdownAsync().WaitAsync(RunningRelay.Deadline);

        Assert.Same(reason, relay.Service.Failure);
    }

    [Fact]
    public async Task A_DHT_node_that_breaks_ends_the_process_with_the_reason()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await relay.Service.WaitUntilReadyAsync(default);
        var reason = new InvalidOperationException("a fault");

        relay.Membership.Break(reason);
        await relay.Application.WaitForShutdownAsync().WaitAsync(RunningRelay.Deadline);

        Assert.Same(reason, relay.Service.Failure);
    }

    [Fact]
    public async Task What_the_relay_counts_is_the_applications_own()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await relay.Service.WaitUntilReadyAsync(default);
        var factory = relay.Application.Services.GetRequiredService<IMeterFactory>();
        var names = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == factory)
            {
                names.Add(instrument.Name);
            }
        };

        listener.Start();

        Assert.Contains("relay.sessions", names);
    }

    [Fact]
    public async Task Wrong_options_do_not_start()
    {
        OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(
            () => RunningRelay.StartAsync(file: "limits { sessions = 0, streams = 0 }"));
        Assert.Equal(2, e.Failures.Count());
    }
}
