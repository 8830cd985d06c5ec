using RelayCluster.Client;
using RelayCluster.Dht;
using RelayCluster.Host.Tests.Hosting;
using RelayCluster.Wire;

namespace RelayCluster.Host.Tests.Telemetry;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_collector_is_sent_the_figures_and_the_spans()
    {
        await using Collector collector = await Collector.StartAsync();
        await using (RunningRelay relay = await RunningRelay.StartAsync(
            file: $"telemetry {{ otlp = \"{collector.Address}\", interval = 1s }}"))
        {
            await using RelayedDht client = await RelayedDht.ConnectAsync(relay.Address("/", "ws"));
            var nobody = new Fixed32(new byte[Fixed32.Size]);
            await Assert.ThrowsAsync<DhtException>(
                () => client.ConnectAsync(nobody).AsTask().WaitAsync(RunningRelay.Deadline));
            await collector.ExpectAsync(
                "/v1/metrics", "relay.sessions", "actor.mailbox.depth", "dotnet.gc.collections");
        }

        await collector.ExpectAsync("/v1/traces", "connect", "session.id", "relay");
    }

    [Theory]
    [InlineData("collector:4318")]
    [InlineData("ftp://collector")]
    [InlineData("http://name:password@collector:4318")]
    public async Task An_address_that_is_none_ends_the_start(string address)
    {
        var e = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => RunningRelay.StartAsync(file: $"telemetry.otlp = \"{address}\""));

        Assert.Contains("telemetry.otlp: expected an address", Assert.Single(e.Failures), StringComparison.Ordinal);
    }
}
