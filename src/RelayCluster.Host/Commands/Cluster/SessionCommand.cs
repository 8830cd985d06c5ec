using System.CommandLine;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Relay.Administration;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster session</c>: one session with all that works for it.</summary>
internal static class SessionCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("session", "Prints a session with its servers, streams and queries.")
        {
            ExampleHelp.Of("relay cluster session relay-1-17"),
        };
        Argument<string> session = SessionArgument.AddTo(command);
        ClusterCommand.SetQuestion(command, terminal, "tree", async (commandLine, admin, reporter, stopping) =>
        {
            SessionTree tree = await admin.GetSessionAsync(commandLine.GetRequiredValue(session), stopping);
            reporter.Tell(new SessionTreeReport(
                tree.Session, tree.Servers, tree.Streams, tree.Queries, tree.IsWhole));
        });
        return command;
    }
}
