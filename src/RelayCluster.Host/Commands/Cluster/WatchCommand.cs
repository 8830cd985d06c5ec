using System.CommandLine;
using RelayCluster.Host.Administration;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary>
/// <c>relay cluster watch</c>: the nodes of the fleet, again and again. A person sees one table that changes; what is
/// piped on is a table, or with <c>--json</c> a line, each time.
/// </summary>
internal static class WatchCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("watch", "Shows the nodes of the fleet as they change, until it is told to end.")
        {
            ExampleHelp.Of("relay cluster watch", "relay cluster watch --json --interval 10s"),
        };
        Option<TimeSpan> interval = ArgumentFormats.Interval.Option(
            "--interval", "duration", "How often they are asked", TimeSpan.FromSeconds(1));
        command.Add(interval);
        ClusterCommand.SetWatch(command, terminal, "fleet", async (commandLine, admin, reporter, stopping) =>
        {
            using var ticks = new PeriodicTimer(commandLine.GetValue(interval));
            await reporter.ShowTableAsync(MemberReport.Layout, show => WatchAsync(admin, ticks, show, stopping));
        });
        return command;
    }

    private static async Task WatchAsync(
        AdminClient admin,
        PeriodicTimer ticks,
        Action<FleetReport, IEnumerable<MemberReport>> show,
        CancellationToken stopping)
    {
        do
        {
            var report = new FleetReport(DateTimeOffset.UtcNow, await admin.GetMembersAsync(stopping));
            show(report, report.Rows);
        }
        while (await ticks.WaitForNextTickAsync(stopping));
    }
}
