using System.CommandLine;
using RelayCluster.Cluster.Administration;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster members</c>: the nodes of the fleet.</summary>
internal static class MembersCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("members", "Prints the nodes of the fleet, how they stand, and what they have to do.")
        {
            ExampleHelp.Of("relay cluster members --admin http://10.0.0.1:49445 --token-file admin.token"),
        };
        ClusterCommand.SetQuestion(command, terminal, "member", async (_, admin, reporter, stopping) =>
        {
            IReadOnlyList<MemberSummary> members = await admin.GetMembersAsync(stopping);
            reporter.TellAll([.. members.Select(member => new MemberReport(member))], MemberReport.Layout);
        });
        return command;
    }
}
