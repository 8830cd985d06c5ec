using System.CommandLine;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster kick</c>: closes a session.</summary>
internal static class KickCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("kick", "Closes a session, and tells its client why.")
        {
            ExampleHelp.Of("relay cluster kick relay-1-17 --reason \"too many lookups\""),
        };
        Argument<string> session = SessionArgument.AddTo(command);
        var reason = new Option<string?>("--reason")
        {
            HelpName = "text",
            Description = "What the client is told [Closed by an operator]",
        };
        command.Add(reason);
        ClusterCommand.SetQuestion(command, terminal, "kicked", async (commandLine, admin, reporter, stopping) =>
        {
            string id = commandLine.GetRequiredValue(session);
            await admin.KickAsync(id, commandLine.GetValue(reason), stopping);
            reporter.Tell(new KickedReport(id));
        });
        return command;
    }
}
