using System.CommandLine;
using RelayCluster.Cluster.Administration;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Relay.Administration;

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
            command, terminal, "session, missing", async (commandLine, admin, reporter, stopping) =>
            {
                List<SessionReport> sessions = [];
                List<MissingReport> missing = [];
                await foreach (FleetLine<SessionSummary> line in admin
                    .GetSessionsAsync(commandLine.GetValue(node), stopping).WithCancellation(stopping))
                {
                    if (line.Item is { } session)
                    {
                        sessions.Add(new SessionReport(session, line.Node));
                    }
                    else
                    {
                        missing.Add(new MissingReport(line.Node, line.Failure ?? "no reason was given"));
                    }
                }

                reporter.TellAll(sessions, SessionReport.Layout);
                missing.ForEach(reporter.Tell);
            });
        return command;
    }
}
