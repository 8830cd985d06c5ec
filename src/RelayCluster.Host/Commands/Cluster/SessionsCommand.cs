using System.CommandLine;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster sessions</c>: the sessions of the fleet, or of one node.</summary>
internal static class SessionsCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("sessions", "Prints the sessions of all nodes, or of one.")
        {
            ExampleHelp.Of("relay cluster sessions --node relay-1", "relay cluster sessions --json"),
        };
        var node = new Option<string?>("--node") { HelpName = "node", Description = "Only those of this node" };
        command.Add(node);
        ClusterCommand.SetQuestion(
            command, terminal, "session, missing", (commandLine, admin, reporter, stopping) => FleetLines.TellAsync(
                admin.GetSessionsAsync(commandLine.GetValue(node), stopping),
                reporter,
                SessionReport.Layout,
                sessions => sessions.Select(session => new SessionReport(session.Item, session.Node)),
                stopping));
        return command;
    }
}
