using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Tests.Configuration;
using RelayCluster.Host.Tests.Hosting;

namespace RelayCluster.Host.Tests.Telemetry;

/// <summary>docs/metrics.md lists what is measured: all of it, and as it is.</summary>
public sealed class MetricsPageTests
{
    [Fact]
    public async Task It_lists_the_instruments_of_a_running_relay_and_no_others()
    {
        var layers = new Layers
        {
            // Of a fleet, whose broker need not be there.
            File = """
                relay {
                  ws-port = 0, tcp-port = 0, log.level = none
                  dht { host = "127.0.0.1", testnet = on }
                  cluster { fabric = rabbitmq, rabbitmq = "amqp://guest:guest@127.0.0.1:9" }
                }
                """,
        };
        await using WebApplication application = RelayApplication.Build(layers.Build());
        await application.StartAsync().WaitAsync(RunningRelay.Deadline);
        await application.Services.GetRequiredService<RelayService>()
            .WaitUntilReadyAsync(default).AsTask().WaitAsync(RunningRelay.Deadline);

        string[] rows = ListRows(application.Services.GetRequiredService<IMeterFactory>());

        Assert.True(rows.SequenceEqual(ReadPage()), $"the table should be:\n{string.Join('\n', rows)}");
    }

    private static string[] ListRows(IMeterFactory factory)
    {
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == factory
                && instrument.Meter.Name.StartsWith("RelayCluster.", StringComparison.Ordinal))
            {
                rows[instrument.Name] = $"| `{instrument.Name}` | {KindOf(instrument)} | {UnitOf(instrument)} " +
                    $"| {instrument.Description} |";
            }
        };
        listener.Start();
        return [.. rows.Values];
    }

    private static string UnitOf(Instrument instrument) => instrument.Unit switch
    {
        "s" => "second",
        "By" => "byte",
        { } unit when unit.StartsWith('{') => unit.Trim('{', '}'),
        _ => throw new InvalidOperationException($"{instrument.Name} has the unit '{instrument.Unit}'"),
    };

    private static string KindOf(Instrument instrument)
    {
        string type = instrument.GetType().Name.Split('`')[0];
        return type switch
        {
            "Counter" or "ObservableCounter" => "counter",
            "Histogram" => "histogram",
            _ => "gauge",
        };
    }

    private static IEnumerable<string> ReadPage() =>
        File.ReadLines(Path.Combine(RelayConfTests.FindRoot(), "docs", "metrics.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal));
}
