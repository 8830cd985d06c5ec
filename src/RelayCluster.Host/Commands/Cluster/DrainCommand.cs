using System.CommandLine;
using RelayCluster.Cluster.Administration;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster drain</c>: a node takes no more sessions, and closes those that it has in the end.</summary>
internal static class DrainCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command(
            "drain",
            "Has a node take no more sessions, and close those that it has when their time is over; it goes on running.")
        {
            ExampleHelp.Of("relay cluster drain relay-1 --timeout 5m"),
        };
        Argument<string> node = NodeArgument.AddTo(command);
        Option<TimeSpan> timeout = ArgumentFormats.Timeout.Option(
            "--timeout", "duration", "How long its sessions may live [the node's drain-timeout, 30s where that is 0]");
        command.Add(timeout);
        ClusterCommand.SetQuestion(command, terminal, "node", async (commandLine, admin, reporter, stopping) =>
        {
            TimeSpan? patience = commandLine.GetResult(timeout) is null ? null : commandLine.GetValue(timeout);
            NodeReply reply = await admin.DrainAsync(commandLine.GetRequiredValue(node), patience, stopping);
            reporter.Tell(new NodeStateReport(reply.Node, reply.State, reply.Sessions, reply.Timeout));
        });
        return command;
    }
}
