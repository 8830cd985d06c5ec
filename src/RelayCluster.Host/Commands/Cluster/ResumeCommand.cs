using System.CommandLine;
using RelayCluster.Cluster.Administration;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster resume</c>: a node takes sessions again.</summary>
internal static class ResumeCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("resume", "Has a node that drains take sessions again.")
        {
            ExampleHelp.Of("relay cluster resume relay-1"),
        };
        Argument<string> node = NodeArgument.AddTo(command);
        ClusterCommand.SetQuestion(command, terminal, "node", async (commandLine, admin, reporter, stopping) =>
        {
            NodeReply reply = await admin.ResumeAsync(commandLine.GetRequiredValue(node), stopping);
            reporter.Tell(new NodeStateReport(reply.Node, reply.State, reply.Sessions, reply.Timeout));
        });
        return command;
    }
}
