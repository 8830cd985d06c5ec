using System.CommandLine;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster lookups</c>: the topics that the fleet is looking up.</summary>
internal static class LookupsCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("lookups", "Prints the topics that are being looked up, or whose answer is kept.")
        {
            ExampleHelp.Of("relay cluster lookups"),
        };
        ClusterCommand.SetQuestion(command, terminal, "lookup, missing", (_, admin, reporter, stopping) =>
            FleetLines.TellAsync(
                admin.GetLookupsAsync(stopping),
                reporter,
                LookupReport.Layout,
                lookups => lookups.Select(lookup => new LookupReport(lookup.Item, lookup.Node)),
                stopping));
        return command;
    }
}
